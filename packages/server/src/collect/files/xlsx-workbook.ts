import { AppError } from '../../platform/errors.ts';
import { readXml } from './xml-stream.ts';
import type { ZipArchive } from './zip-archive.ts';

/** A workbook's first visible sheet, and what turns its cells into values. */
export interface Workbook {
  /** The sheet's XML in chunks. */
  sheet: AsyncIterable<string>;
  /** Texts that cells name by number. */
  texts: string[];
  /** The cell styles that show a number as a date. */
  dateStyles: Set<number>;
  epoch1904: boolean;
}

/** The parts kept in memory while the sheet streams by. */
const MAX_PART_BYTES = 200 * 1024 * 1024;
const MAX_TEXTS = 5_000_000;
/** Excel's own limit is 65,490. */
const MAX_STYLES = 100_000;
const BUILT_IN_DATES = new Set([
  14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 45, 46, 47,
]);

/** Opens the first visible sheet; undefined when the archive has none. */
export async function openWorkbook(zip: ZipArchive): Promise<Workbook | undefined> {
  const { sheetId, epoch1904 } = await bookOf(zip);
  const target = (await targetOf(zip, sheetId)) ?? 'worksheets/sheet1.xml';
  const part = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  if (!zip.has(part)) return undefined;
  const [texts, dateStyles] = [await sharedTexts(zip), await dateStylesOf(zip)];
  return { sheet: zip.text(part), texts, dateStyles, epoch1904 };
}

async function bookOf(zip: ZipArchive): Promise<{ sheetId: string | undefined; epoch1904: boolean }> {
  let [first, visible]: (string | undefined)[] = [];
  let epoch1904 = false;
  await readXml(zip.text('xl/workbook.xml', MAX_PART_BYTES), {
    open(name, attributes) {
      if (name === 'workbookPr') epoch1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      first ??= relationOf(attributes);
      if (!/^(?:hidden|veryHidden)$/.test(attributes.state ?? '')) visible ??= relationOf(attributes);
    },
  });
  return { sheetId: visible ?? first, epoch1904 };
}

/** `r:id` as a rule; the prefix is the writer's choice. */
function relationOf(attributes: Record<string, string>): string {
  const name = Object.keys(attributes).find((one) => one.endsWith(':id'));
  return name === undefined ? '' : attributes[name]!;
}

async function targetOf(zip: ZipArchive, id: string | undefined): Promise<string | undefined> {
  let target: string | undefined;
  await readXml(zip.text('xl/_rels/workbook.xml.rels', MAX_PART_BYTES), {
    open(name, { Id, Target }) {
      if (name === 'Relationship' && Id === id) target ??= Target;
    },
  });
  return target;
}

/** Joins the runs of rich texts; phonetic guides (furigana, pinyin) are not part of them. */
async function sharedTexts(zip: ZipArchive): Promise<string[]> {
  const texts: string[] = [];
  let [text, inText, phonetic] = ['', false, 0];
  await readXml(zip.text('xl/sharedStrings.xml', MAX_PART_BYTES), {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic++;
      else if (name === 't') inText = phonetic === 0;
    },
    text(piece) {
      if (inText) text += piece;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic--;
      else if (name === 'si' && texts.push(unescaped(text)) > MAX_TEXTS) throw tooManyTexts();
    },
  });
  return texts;
}

function tooManyTexts(): AppError {
  const detail = `The spreadsheet holds more than ${MAX_TEXTS.toLocaleString('en')} different texts; save the sheet as CSV and import that.`;
  return new AppError({ code: 'collect.file_too_large', status: 413, detail });
}

async function dateStylesOf(zip: ZipArchive): Promise<Set<number>> {
  const custom = new Set<number>();
  const styles = new Set<number>();
  let [style, inCellFormats] = [0, false];
  await readXml(zip.text('xl/styles.xml', MAX_PART_BYTES), {
    open(name, { numFmtId, formatCode }) {
      if (name === 'cellXfs') inCellFormats = true;
      else if (name === 'numFmt' && custom.size < MAX_STYLES && isDateFormat(formatCode ?? ''))
        custom.add(Number(numFmtId));
      else if (name === 'xf' && inCellFormats && style < MAX_STYLES) {
        const format = Number(numFmtId);
        if (BUILT_IN_DATES.has(format) || custom.has(format)) styles.add(style);
        style++;
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false;
    },
  });
  return styles;
}

function isDateFormat(code: string): boolean {
  return /[ymdhs年月日]/i.test(code.slice(0, 1000).replace(/"[^"]*"|\[[^\]]*\]|\\.|_./g, ''));
}

/** A text of the workbook as people see it: what XML cannot hold stands in it as `_x000D_`. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-F]{4})_/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
