import type { CellValue } from './source-row.ts';
import type { ZipArchive } from './zip-archive.ts';

/** A cell of a sheet; `formula` says that its value is the one the spreadsheet program last computed, if it did. */
export interface SheetCell {
  column: number;
  value: CellValue;
  formula?: 'cached' | 'empty';
  error?: string;
}

/** What turns a cell's XML into its value: shared texts, which styles are dates, and the date system. */
export interface Workbook {
  sheetXml: string;
  texts: string[];
  dateStyles: Set<number>;
  epoch1904: boolean;
}

const CELL = /<(?:\w+:)?c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?c>)/g;
const VALUE = /<(?:\w+:)?v\b[^>]*>([\s\S]*?)<\/(?:\w+:)?v>/;
const FORMULA = /<(?:\w+:)?f\b/;
const TEXT = /<(?:\w+:)?t\b[^>]*>([\s\S]*?)<\/(?:\w+:)?t>/g;
const BUILT_IN_DATES = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47,
]);

/** Opens the first visible sheet. */
export function openWorkbook(archive: ZipArchive): Workbook | undefined {
  const book = archive('xl/workbook.xml') ?? '';
  const sheets = [...book.matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)].map((m) => m[0]);
  const sheet = sheets.find((tag) => !/state="(?:hidden|veryHidden)"/.test(tag)) ?? sheets[0];
  const id = attribute(sheet ?? '', 'r:id');
  const relations = [...(archive('xl/_rels/workbook.xml.rels') ?? '').matchAll(/<Relationship\b[^>]*>/g)];
  const relation = relations.find((m) => attribute(m[0], 'Id') === id)?.[0];
  const target = attribute(relation ?? '', 'Target') ?? 'worksheets/sheet1.xml';
  const sheetXml = archive(target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  if (sheetXml === undefined) return undefined;
  const epoch1904 = /date1904="(?:1|true)"/.test(book);
  return { sheetXml, texts: sharedTexts(archive), dateStyles: dateStyles(archive), epoch1904 };
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
}

function sharedTexts(archive: ZipArchive): string[] {
  const xml = archive('xl/sharedStrings.xml') ?? '';
  return [...xml.matchAll(/<(?:\w+:)?si\b[^>]*?(?:\/>|>([\s\S]*?)<\/(?:\w+:)?si>)/g)].map((m) =>
    textOf(m[1] ?? ''),
  );
}

/** Joins the runs of a rich text; phonetic guides (furigana, pinyin) are not part of it. */
function textOf(xml: string): string {
  const plain = xml.replace(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, '');
  return [...plain.matchAll(TEXT)].map((m) => unescapeXml(m[1]!)).join('');
}

function dateStyles(archive: ZipArchive): Set<number> {
  const xml = archive('xl/styles.xml') ?? '';
  const custom = new Set<number>();
  for (const [tag] of xml.matchAll(/<(?:\w+:)?numFmt\b[^>]*>/g)) {
    if (isDateFormat(unescapeXml(attribute(tag, 'formatCode') ?? '')))
      custom.add(Number(attribute(tag, 'numFmtId')));
  }
  const formats = /<(?:\w+:)?cellXfs\b[\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(xml)?.[0] ?? '';
  const ids = [...formats.matchAll(/<(?:\w+:)?xf\b[^>]*>/g)].map((m) => Number(attribute(m[0], 'numFmtId')));
  return new Set(ids.flatMap((id, style) => (BUILT_IN_DATES.has(id) || custom.has(id) ? [style] : [])));
}

function isDateFormat(code: string): boolean {
  return /[ymdhs年月日]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\.|_./g, ''));
}

/** The cells of one row's XML. */
export function rowCells(rowXml: string, book: Workbook): SheetCell[] {
  const cells: SheetCell[] = [];
  for (const m of rowXml.matchAll(CELL)) {
    const head = m[1]!;
    const reference = attribute(head, 'r');
    const column = reference ? columnIndex(reference) : (cells.at(-1)?.column ?? -1) + 1;
    cells.push({ column, ...cellContent(head, m[2] ?? '', book) });
  }
  return cells;
}

function columnIndex(reference: string): number {
  let index = 0;
  for (const letter of reference.replace(/\d+$/, '').toUpperCase())
    index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

function cellContent(head: string, body: string, book: Workbook): Omit<SheetCell, 'column'> {
  const stored = VALUE.exec(body)?.[1];
  const type = attribute(head, 't') ?? 'n';
  const formula = FORMULA.test(body) ? ({ formula: stored === undefined ? 'empty' : 'cached' } as const) : {};
  if (type === 'inlineStr') return { value: textOf(body), ...formula };
  if (stored === undefined || (stored === '' && type !== 'str')) return { value: null, ...formula };
  if (type === 's') return { value: book.texts[Number(stored)] ?? null, ...formula };
  if (type === 'b') return { value: stored === '1', ...formula };
  if (type === 'e') return { value: null, error: stored, ...formula };
  if (type !== 'n') return { value: unescapeXml(stored), ...formula };
  const number = Number(stored);
  const isDate = book.dateStyles.has(Number(attribute(head, 's') ?? 0)) && number >= 1;
  return { value: isDate ? serialText(number + (book.epoch1904 ? 1462 : 0)) : number, ...formula };
}

/** A serial day number as the wall-clock text it stands for. */
function serialText(serial: number): string {
  const text = new Date(Math.round((serial - 25_569) * 86_400) * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes('&') && !text.includes('_x')) return text;
  return text
    .replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/_x([0-9A-F]{4})_/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
