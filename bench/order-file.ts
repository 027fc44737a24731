import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generatorOf, nextShare } from '@qianmian/science/random';

const DAY = 86_400_000;
/** Orders lie in the 500 days before this. */
const END = Date.UTC(2026, 9, 31);
const PRODUCTS = 2000;

/** Writes order lines of people who never were, in the columns of the `online-retail` preset; the same every time. */
export async function writeOrderFile(path: string, lines: number, people: number): Promise<void> {
  await pipeline(Readable.from(rows(lines, people)), createWriteStream(path));
}

function* rows(lines: number, people: number): Generator<string> {
  const state = generatorOf(7);
  const random = () => nextShare(state);
  yield 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n';
  let piece = '';
  let order = '';
  for (let i = 0; i < lines; i++) {
    if (i % 3 === 0) {
      // A few buy often, most seldom; the first order of everyone comes first.
      const person = i / 3 < people ? i / 3 : Math.floor(people * random() ** 2);
      order = `${date(END - random() * 500 * DAY)},${100_000 + i / 3},C${10_000 + person}`;
    }
    const [day, invoice, person] = order.split(',');
    const product = Math.floor(PRODUCTS * random() ** 1.5);
    const price = (100 + ((product * 37) % 4900)) / 100;
    piece += `${invoice},P${product},Product number ${product},${1 + Math.floor(4 * random())},${day},${price},${person},United Kingdom\n`;
    if (piece.length > 65_536) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

function date(time: number): string {
  const t = new Date(time);
  return `${t.getUTCMonth() + 1}/${t.getUTCDate()}/${t.getUTCFullYear()} ${t.getUTCHours()}:${String(t.getUTCMinutes()).padStart(2, '0')}`;
}
