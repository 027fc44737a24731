import { LINK_END, LINK_START, plain, unguarded } from './liquid.ts';

/** A piece of a paragraph. `link` is the place of the address in the e-mail's list of links. */
export type Inline = { kind: 'text'; text: string } | { kind: 'link'; text: string; link: number };
/** A paragraph (lines of pieces) or a button. */
export type Block = { kind: 'paragraph'; lines: Inline[][] } | { kind: 'button'; text: string; link: number };

const COUPON_CODE = /\{\{-?\s*coupon\.code\s*-?\}\}/g;
/** Stands for the person's code while an address is checked and kept. */
export const CODE_PLACE = '{{coupon.code}}';

/**
 * Takes the addresses out of a body and leaves their numbers: `[text](https://…)` becomes a link sign. So an address is
 * always one the author wrote, never one made of values. Answers the faults in words.
 */
export function takeLinks(body: string): { body: string; links: string[]; faults: string[] } {
  const links: string[] = [];
  const faults: string[] = [];
  const text = plain(body).replace(/\]\(([^)\n]*)\)/g, (_, written: string) => {
    const address = written.trim().replace(COUPON_CODE, CODE_PLACE);
    const fault = faultOfAddress(address);
    if (fault) faults.push(fault);
    const known = links.indexOf(address);
    return `]${LINK_START}${known >= 0 ? known : links.push(address) - 1}${LINK_END}`;
  });
  return { body: text, links, faults };
}

function faultOfAddress(address: string): string | null {
  const shown = `the address "${address}"`;
  if (/\{[{%]/.test(address.replaceAll(CODE_PLACE, '')))
    return `${shown} may hold {{ coupon.code }} and no other field: addresses are seen by others.`;
  if (address.length > 2000) return `${shown.slice(0, 60)}…" is longer than 2,000 characters.`;
  const filled = address.replaceAll(CODE_PLACE, 'qmcode');
  if (/[\s<>"\\^`{|}]/.test(filled) || !URL.canParse(filled)) return `${shown} is not a complete address.`;
  const url = new URL(filled);
  if (!['http:', 'https:', 'mailto:'].includes(url.protocol))
    return `${shown} must begin with http://, https:// or mailto:.`;
  if (url.username || url.password) return `${shown} must not hold a password.`;
  return url.host.includes('qmcode') ? `${shown} must have its host written out.` : null;
}

/** An address with the person's coupon code in its place. */
export function addressWith(address: string, couponCode: string): string {
  return address.replaceAll(CODE_PLACE, encodeURIComponent(couponCode));
}

const MARK = new RegExp(
  `\\[\\[([^\\[\\]]+)\\]\\]${LINK_START}(\\d+)${LINK_END}|\\[([^\\[\\]]+)\\]${LINK_START}(\\d+)${LINK_END}`,
  'g',
);

/** The blocks of a rendered body: blank lines part paragraphs, a button stands by itself. */
export function blocksOf(rendered: string): Block[] {
  return rendered
    .split(/\n[^\S\n]*\n\s*/)
    .map((p) => p.trim())
    .filter((p) => p !== '')
    .flatMap(paragraphBlocks);
}

function paragraphBlocks(paragraph: string): Block[] {
  const blocks: Block[] = [];
  let lines: Inline[][] = [[]];
  const flush = () => {
    const kept = lines.filter((l) => l.some((i) => i.kind === 'link' || i.text.trim() !== ''));
    if (kept.length > 0) blocks.push({ kind: 'paragraph', lines: kept });
    lines = [[]];
  };
  const addText = (text: string) => {
    const [first = '', ...rest] = text.split('\n').map(tidy);
    if (first) lines.at(-1)!.push({ kind: 'text', text: first });
    for (const line of rest) lines.push(line ? [{ kind: 'text', text: line }] : []);
  };
  let at = 0;
  for (const mark of paragraph.matchAll(MARK)) {
    addText(paragraph.slice(at, mark.index));
    at = mark.index + mark[0].length;
    if (mark[1] !== undefined) {
      flush();
      blocks.push({ kind: 'button', text: tidy(mark[1]), link: Number(mark[2]) });
    } else lines.at(-1)!.push({ kind: 'link', text: tidy(mark[3]!), link: Number(mark[4]) });
  }
  addText(paragraph.slice(at));
  flush();
  return blocks;
}

/** Text as people read it: guarded signs back, stray link signs gone. */
function tidy(text: string): string {
  return unguarded(text.replace(new RegExp(`${LINK_START}\\d*${LINK_END}?|${LINK_END}`, 'g'), ''));
}
