import { csvRecords } from './csv-records.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** The delimiter under which the first records agree best on their number of columns. */
export async function detectDelimiter(text: string): Promise<Delimiter> {
  let best: { delimiter: Delimiter; score: number } = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const score = await agreement(text, delimiter);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

async function agreement(text: string, delimiter: Delimiter): Promise<number> {
  const widths: number[] = [];
  for await (const records of csvRecords(only(text), delimiter, () => 0)) {
    for (const record of records)
      if (record.kind === 'cells' && widths.length < 30) widths.push(record.cells.length);
  }
  const header = widths[0] ?? 1;
  if (header < 2) return 0;
  const agreeing = widths.filter((width) => width === header).length / widths.length;
  return agreeing + Math.min(header, 50) / 1000;
}

async function* only(text: string): AsyncGenerator<string> {
  yield text;
}
