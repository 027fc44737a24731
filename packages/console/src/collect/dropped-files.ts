/** Files of a drop, folders opened. Hidden files and what a system adds by itself are left out. */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null);
  if (entries.length === 0) return [...data.files].filter((file) => isWanted(file.name));
  return (await Promise.all(entries.map(filesOf))).flat().filter((file) => isWanted(file.name));
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  // A reader gives at most a hundred entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(filesOf))).flat());
  }
}

/** A file somebody meant to hand in. */
export function isWanted(name: string): boolean {
  return !name.startsWith('.') && name !== 'Thumbs.db' && name !== 'desktop.ini';
}

/** Files chosen so far with more of them; the same file again replaces itself. */
export function addFiles(chosen: readonly File[], more: readonly File[]): File[] {
  const key = (file: File) => `${file.webkitRelativePath || file.name}:${file.size}`;
  const fresh = new Map(
    [...chosen, ...more].filter((file) => isWanted(file.name)).map((file) => [key(file), file]),
  );
  return [...fresh.values()];
}
