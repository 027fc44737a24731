/** Saves text or a picture that the page made itself. */
export function download(name: string, content: string | Blob, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name of what a page shows: no characters that a file system refuses. */
export function fileName(title: string, extension: string): string {
  return `${title.replace(/[\\/:*?"<>|\s]+/g, '-').slice(0, 80)}.${extension}`;
}
