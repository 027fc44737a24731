/** Texts kept at once, and the longest that is kept. */
const [MOST, LONGEST] = [2000, 64];

/**
 * The same function of a text, which keeps its answers: a retailer's words repeat. Once there are too many all are
 * forgotten, so that values that never repeat cost a look-up and no memory. `work` must depend on the text alone.
 */
export function remember<T>(work: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return work(text);
    let answer = answers.get(text);
    if (answer === undefined && !answers.has(text)) {
      if (answers.size >= MOST) answers.clear();
      answer = work(text);
      answers.set(text, answer);
    }
    return answer as T;
  };
}
