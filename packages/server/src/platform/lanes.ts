/** Work of one key one at a time, in the order asked for; a failure is its asker's and stops nobody behind it. */
export function openLanes(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const lanes = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const done = (lanes.get(key) ?? Promise.resolve()).then(work);
    lanes.set(
      key,
      done.catch(() => {}),
    );
    return done;
  };
}
