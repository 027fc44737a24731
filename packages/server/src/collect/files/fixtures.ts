import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { createRowMapper, type MapperOptions } from './create-row-mapper.ts';
import type { Mapping } from './mapping.ts';
import { readRows } from './read-rows.ts';
import type { RowMapper, RowOutcome } from './row-mapper.ts';
import { sniffFile } from './sniff.ts';
import type { ReadRow } from './source-row.ts';

/** What tests of this folder make files with. Nothing of the software uses it. */
export const OPTIONS: MapperOptions = {
  currency: 'USD',
  timeZone: 'UTC',
  country: 'US',
  now: Date.UTC(2026, 0, 1),
};

const folder = mkdtempSync(join(tmpdir(), 'qianmian-files-'));
let count = 0;

export function fileOf(content: string | Uint8Array, name = 'file'): string {
  const path = join(folder, `${++count}-${name}`);
  writeFileSync(path, content);
  return path;
}

export function emptyFolder(): string {
  return mkdtempSync(join(folder, 'folder-'));
}

export async function rowsIn(path: string): Promise<ReadRow[]> {
  const rows: ReadRow[] = [];
  for await (const row of readRows(path, await sniffFile(path))) rows.push(row);
  return rows;
}

/** Everything a mapper makes of a file, the end of it included. */
export async function mapped(
  path: string,
  mapper: RowMapper,
): Promise<RowOutcome & { rejections: string[] }> {
  const all: RowOutcome & { rejections: string[] } = { facts: [], corrections: [], rejections: [] };
  const add = ({ facts, corrections, rejection }: RowOutcome) => {
    all.facts.push(...facts);
    all.corrections.push(...corrections);
    if (rejection) all.rejections.push(rejection.code);
  };
  for (const row of await rowsIn(path)) add(mapper.map(row));
  add(mapper.finish());
  return all;
}

export function mappedText(text: string, mapping: Mapping, options: Partial<MapperOptions> = {}) {
  return mapped(fileOf(text, 'file.csv'), createRowMapper(mapping, { ...OPTIONS, ...options }));
}

/** A minimal workbook: each row is the XML of its cells. Style 1 is a date. */
export function workbookOf(rows: string[][], shared: string[] = []): Buffer {
  const sheet = rows.map((cells, i) => `<row r="${i + 1}">${cells.join('')}</row>`).join('');
  return zipOf(workbookParts(sheet, `${shared.map((text) => `<si><t>${text}</t></si>`).join('')}`));
}

/** The parts of a workbook whose sheet and shared texts are given as XML. */
export function workbookParts(rows: string, shared = ''): Record<string, string> {
  return {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><sheets><sheet name="notes" state="hidden" r:id="rId2"/><sheet name="Orders" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/orders.xml"/></Relationships>',
    'xl/worksheets/orders.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${shared}</sst>`,
    'xl/styles.xml':
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd hh:mm"/><numFmt numFmtId="171" formatCode="[Red]#,##0.00"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="171"/></cellXfs></styleSheet>',
  };
}

export function textCell(reference: string, text: string): string {
  return `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

/** How `zipOf` writes: the reader has to find its way by the directory, so sums are left out. */
interface ZipStyle {
  /** Stored as it is unless asked for otherwise. */
  deflate?: boolean;
  /** Sizes and places in 64 bits, as libraries write that do not know them beforehand. */
  zip64?: boolean;
}

export function zipOf(entries: Record<string, string | Buffer>, style: ZipStyle = {}): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const plain = Buffer.from(content);
    const data = style.deflate ? deflateRawSync(plain) : plain;
    const [nameBytes, extra] = [
      Buffer.from(name),
      style.zip64 ? long(plain.length, data.length, offset) : EMPTY,
    ];
    const head = bytes(style.deflate ? '00000800' : '00000000', 4);
    const sizes = (at: number[]) => Buffer.concat(at.map((n) => word(style.zip64 ? 0xffffffff : n)));
    const common = Buffer.concat([head, bytes('', 4), sizes([data.length, plain.length])]);
    locals.push(bytes('504b03041400'), common, short(nameBytes.length), short(0), nameBytes, data);
    central.push(
      Buffer.concat([
        bytes('504b010214001400'),
        common,
        short(nameBytes.length),
        short(extra.length),
        Buffer.alloc(10),
        sizes([offset]),
        nameBytes,
        extra,
      ]),
    );
    offset += 30 + nameBytes.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  bytes('504b0506').copy(end);
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const EMPTY = Buffer.alloc(0);

function long(...numbers: number[]): Buffer {
  const field = Buffer.alloc(4 + numbers.length * 8);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(numbers.length * 8, 2);
  numbers.forEach((number, i) => {
    field.writeBigUInt64LE(BigInt(number), 4 + i * 8);
  });
  return field;
}

function word(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function bytes(hex: string, padding = 0): Buffer {
  return Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(padding)]);
}

function short(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}
