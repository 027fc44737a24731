import type { ImportRun, importNote, quarantined, source } from '@qianmian/contract';
import type { z } from 'zod';
import { IDENTIFIER_TYPES, type TraitValue } from './facts.ts';
import { type Mapping, MappingSchema, presetFile } from './files/index.ts';
import { PRESETS } from './files/presets/index.ts';

/** How personal data are shown to who may not reveal them: profile's rules, handed in by `app.ts`. */
export interface Masks {
  /** A value by the name it goes under. */
  value(name: string, value: TraitValue): TraitValue;
  identifier(type: string, value: string): string;
  /** Properties of an event, however deep. */
  properties(properties: Record<string, unknown>): Record<string, unknown>;
}

export type ImportNote = z.infer<typeof importNote>;
type File = ImportRun['files'][number];

const HIDDEN = '****';
const GOODS = Symbol('goods');
/** What may be an e-mail, or digits that may be a phone number, within a sentence. */
const PERSONAL_RUN = /[^\s"'<>,;()]*[^\s"'<>,;(]@[^\s"'<>,;)][^\s"'<>,;()]*|\+?\d[\d\s()-]{6,}/g;
/** Ids of messages with the id of a person inside. */
const WITH_PERSON = /^((?:\w+:)*?(?:sa:[^:]*|ga):)(.+)(:[^:]*:[^:]*)$/;
const DELIMITERS = [',', ';', '\t', '|'];

/** What collect has of people, as it is shown to who may not reveal personal data. */
export function openMasked(masks: Masks) {
  const text = (words: string) => words.replace(PERSONAL_RUN, (found) => String(masks.value('', found)));

  const isIdentifier = (field: string) => (IDENTIFIER_TYPES as readonly string[]).includes(field);
  const isHidden = (field: string) => isIdentifier(field) || masks.value(field, 'x') !== 'x';

  /** A message as JSON; what is no JSON (it was cut) is hidden whole. */
  function json(payload: string): string {
    const parsed = parsedJson(payload);
    return parsed === undefined ? HIDDEN : JSON.stringify(masks.properties({ '': parsed })['']);
  }

  /** How a cell of each column is shown: by the column's name, and by what it is read as; what is not read is hidden. */
  function cellsOf(file: File, preset: string | null) {
    const meaningOfColumn = meaningsOf(mappingOf(file, preset));
    return (column: string, value: unknown): unknown => {
      const meaning = meaningOfColumn(column);
      if (meaning === undefined) return value === '' || value === null ? value : HIDDEN;
      const byName = masks.properties({ [column]: value })[column];
      if (byName !== value || (typeof value !== 'string' && typeof value !== 'number')) return byName;
      if (meaning === GOODS) return value;
      return isIdentifier(meaning) ? masks.identifier(meaning, String(value)) : masks.value(meaning, value);
    };
  }

  type Cells = ReturnType<typeof cellsOf>;
  const row = (cells: Cells, values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).map(([column, value]) => [column, cells(column, value)]));

  /** A row as it stood in its file; one that does not fall into the file's columns is hidden whole. */
  function raw(line: string, file: File | undefined, cells: Cells | undefined): string {
    if (line === '') return '';
    if (!file || !cells) return HIDDEN;
    const parsed = parsedJson(line);
    if (isRecord(parsed)) return JSON.stringify(row(cells, parsed));
    for (const delimiter of DELIMITERS) {
      const given = cellsOfLine(line, delimiter);
      if (given.length !== file.headers.length) continue;
      return given.map((cell, i) => quoted(String(cells(file.headers[i]!, cell)), delimiter)).join(delimiter);
    }
    return HIDDEN;
  }

  return {
    properties: masks.properties,

    /** The id of a message: those of 神策 and GA were once made with the person's own. */
    messageId: (id: string): string => {
      const [, before = '', person, after] = WITH_PERSON.exec(id) ?? [];
      if (person !== undefined) return `${before}${masks.identifier('', person)}${after}`;
      return String(masks.value('messageId', id));
    },

    quarantined: <T extends Pick<z.infer<typeof quarantined>, 'detail' | 'payload'>>(message: T): T => ({
      ...message,
      detail: text(message.detail),
      payload: json(message.payload),
    }),

    import: (run: ImportRun): ImportRun => ({
      ...run,
      error: run.error === null ? null : text(run.error),
      files: run.files.map((file) => {
        const cells = cellsOf(file, run.preset);
        return { ...file, sample: file.sample.map((values) => row(cells, values)) };
      }),
    }),

    /** What a file or table was found to be, with some of its rows. */
    file(file: File): File {
      const cells = cellsOf(file, null);
      return { ...file, sample: file.sample.map((values) => row(cells, values)) };
    },

    /** Shows the notes of an import. */
    notes({ files, preset }: { files: readonly File[]; preset: string | null }) {
      const known = new Map(files.map((file) => [file.name, { file, cells: cellsOf(file, preset) }]));
      return <T extends ImportNote>(note: T): T => ({
        ...note,
        message: isHidden(note.field)
          ? note.message.replace(/".*"/s, `"${HIDDEN}"`).replace(/ \(.* → .*\)$/s, '')
          : text(note.message),
        raw: raw(note.raw, known.get(note.file)?.file, known.get(note.file)?.cells),
      });
    },
  };
}
export type Masked = ReturnType<typeof openMasked>;

/** A source as shown to who may not write data: its key would let them. */
export function withoutKey(one: z.infer<typeof source>): z.infer<typeof source> {
  return { ...one, writeKey: one.writeKey === '' ? '' : HIDDEN };
}

function mappingOf(file: File, preset: string | null): Mapping | undefined {
  if (preset === null) return MappingSchema.safeParse(file.mapping).data;
  const known = Object.hasOwn(PRESETS, preset) ? PRESETS[preset as keyof typeof PRESETS] : undefined;
  return known && presetFile(known, file.headers)?.mapping;
}

/** What a column is read as: an identifier, a trait or property by its name, or something of orders, goods or stores. */
function meaningsOf(mapping: Mapping | undefined) {
  const meant = new Map<string, string | typeof GOODS>();
  for (const { columns } of Object.values(mapping?.fields ?? {}))
    for (const column of columns) meant.set(column, GOODS);
  for (const { column } of Object.values(mapping?.attributes ?? {})) meant.set(column, GOODS);
  for (const extras of [mapping?.properties, mapping?.traits])
    for (const [name, { column }] of Object.entries(extras ?? {})) meant.set(column, name);
  for (const type of IDENTIFIER_TYPES)
    for (const column of mapping?.fields[type]?.columns ?? []) meant.set(column, type);
  const families = [...meant.keys()].filter((column) => column.endsWith('*'));
  return (column: string) => {
    const family = families.find((one) => column.startsWith(one.slice(0, -1)));
    return meant.get(column) ?? (family === undefined ? undefined : meant.get(family));
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The cells of one line of CSV. */
function cellsOfLine(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const quote = /^"(?:[^"]|"")*"/.exec(line.slice(at))?.[0];
    const end = quote === undefined ? line.indexOf(delimiter, at) : at + quote.length;
    const stop = end < 0 ? line.length : end;
    const cell = line.slice(at, stop);
    cells.push(quote === undefined ? cell : cell.slice(1, -1).replaceAll('""', '"'));
    at = stop + 1;
  }
  return cells;
}

function quoted(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
