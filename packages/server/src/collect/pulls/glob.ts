/** Whether paths have a form: `*` stands for anything within a folder, `**` for any folders. */
export function globOf(pattern: string): { prefix: string; matches: (path: string) => boolean } {
  const source = pattern.replace(/\*\*\/|\*\*|\*|[\\^$.|?+()[\]{}]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    return found === '*' ? '[^/]*' : `\\${found}`;
  });
  const form = new RegExp(`^${source}$`, 's');
  const star = pattern.indexOf('*');
  return { prefix: star < 0 ? pattern : pattern.slice(0, star), matches: (path) => form.test(path) };
}
