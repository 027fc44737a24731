import { SaxesParser } from 'saxes';
import { damaged } from './zip-archive.ts';

/** What is done at each piece of an XML document; names come without their namespace prefix. */
export interface XmlHandlers {
  open(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** A cell holds 32,767 characters at most, so a workbook has no piece of XML that comes near this. */
const MAX_CHARS_WITHOUT_TAG = 1024 * 1024;
const MAX_DEPTH = 100;
/** Not allowed in XML, written nevertheless by programs that export what people typed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** Reads XML that comes in chunks: one `write` a chunk, `end` after the last. What is no XML counts as damaged. */
export function xmlReader(handlers: XmlHandlers): { write(chunk: string): void; end(): void } {
  const parser = new SaxesParser<{ position: false; xmlns: false }>({ position: false, xmlns: false });
  let sinceTag = 0;
  let depth = 0;
  parser.on('error', () => {
    throw damaged();
  });
  parser.on('opentag', ({ name, attributes }) => {
    sinceTag = 0;
    if (++depth > MAX_DEPTH) throw damaged();
    handlers.open(local(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    sinceTag = 0;
    depth--;
    handlers.close?.(local(name));
  });
  if (handlers.text) {
    parser.on('text', handlers.text);
    parser.on('cdata', handlers.text);
  }
  return {
    write(chunk) {
      sinceTag += chunk.length;
      parser.write(chunk.replace(CONTROLS, ''));
      if (sinceTag > MAX_CHARS_WITHOUT_TAG) throw damaged();
    },
    end: () => void parser.close(),
  };
}

/** Reads XML to its end. */
export async function readXml(chunks: AsyncIterable<string>, handlers: XmlHandlers): Promise<void> {
  const reader = xmlReader(handlers);
  let empty = true;
  for await (const chunk of chunks) {
    if (chunk !== '') empty = false;
    reader.write(chunk);
  }
  if (!empty) reader.end();
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
