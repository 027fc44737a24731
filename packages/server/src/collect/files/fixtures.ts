import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRowMapper, type MapperOptions } from './create-row-mapper.ts';
import type { Mapping } from './mapping.ts';
import { readRows } from './read-rows.ts';
import type { RowMapper, RowOutcome } from './row-mapper.ts';
import { sniffFile } from './sniff.ts';
import type { ReadRow } from './source-row.ts';

/** What tests of this folder make files with. Nothing of the software uses it. */
export const OPTIONS: MapperOptions = { currency: 'USD', timeZone: 'UTC', now: Date.UTC(2026, 0, 1) };

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
  return zipOf({
    'xl/workbook.xml':
      '<workbook><sheets><sheet name="notes" state="hidden" r:id="rId2"/><sheet name="Orders" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/orders.xml"/></Relationships>',
    'xl/worksheets/orders.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${shared.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
    'xl/styles.xml':
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>',
  });
}

export function textCell(reference: string, text: string): string {
  return `<c r="${reference}" t="inlineStr"><is><t>${text}</t></is></c>`;
}

/** Stored, not compressed: enough for a reader that has to find its way by the directory. */
function zipOf(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [nameBytes, data] = [Buffer.from(name), Buffer.from(text)];
    const sums = Buffer.alloc(12);
    sums.writeUInt32LE(data.length, 4);
    sums.writeUInt32LE(data.length, 8);
    const local = Buffer.concat([
      bytes('504b0304140000000000', 4),
      sums,
      short(nameBytes.length),
      short(0),
      nameBytes,
      data,
    ]);
    const at = Buffer.alloc(4);
    at.writeUInt32LE(offset);
    central.push(
      Buffer.concat([
        bytes('504b01021400140000000000', 4),
        sums,
        short(nameBytes.length),
        Buffer.alloc(12),
        at,
        nameBytes,
      ]),
    );
    locals.push(local);
    offset += local.length;
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

function bytes(hex: string, padding = 0): Buffer {
  return Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(padding)]);
}

function short(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}
