import type { Language } from '../promotion/index.ts';
import { plain } from './liquid.ts';
import type { Block, Inline } from './markup.ts';

/** Where the links, the pixel and the way out of a message lead. */
export interface Addresses {
  link(index: number): string;
  /** Picture that shows the message was opened; none in previews and tests. */
  pixel: string | null;
  unsubscribe: string;
}

export interface Letter {
  html: string;
  text: string;
}

const WORDS = {
  en: { because: 'You receive this because you agreed to news from', leave: 'Unsubscribe' },
  zh: { because: '您收到这封邮件，是因为您同意接收以下商家的消息：', leave: '退订' },
} as const;

/** Builds letters: MJML makes the frame once, each letter fills it. */
export function openLetters() {
  const frames = new Map<Language, Promise<Frame>>();

  return async function letter(
    what: { blocks: Block[]; subject: string; shop: string; language: Language },
    to: Addresses,
  ): Promise<Letter> {
    const frame = frames.get(what.language) ?? makeFrame(what.language);
    frames.set(what.language, frame);
    const words = WORDS[what.language];
    return {
      html: htmlLetter(await frame, what, to),
      text: [
        ...what.blocks.map((b) => textBlock(b, to)),
        `-- \n${words.because} ${what.shop}\n${words.leave}: ${to.unsubscribe}`,
      ].join('\n\n'),
    };
  };
}

interface Frame {
  before: string;
  paragraph: string;
  button: string;
  after: string;
}

const SUBJECT = 'QM-SUBJECT';
const TEXT = 'QM-TEXT';
const HREF = 'https://qm-href.invalid/';
const FOOTER = 'QM-FOOTER';
const PARTS = ['<!--qm:1-->', '<!--qm:2-->', '<!--qm:3-->'];

/** The frame of every letter, cut where its rows go; Chinese faces come first in a Chinese letter. */
async function makeFrame(language: Language): Promise<Frame> {
  const faces =
    language === 'zh'
      ? 'PingFang SC, Microsoft YaHei, Helvetica, Arial, sans-serif'
      : 'Helvetica, Arial, sans-serif';
  // MJML takes a second to load: only who writes letters pays for it.
  const { default: mjml2html } = await import('mjml');
  const raw = (i: number) => `<mj-raw>${PARTS[i]}</mj-raw>`;
  const { html } =
    await mjml2html(`<mjml lang="${language}"><mj-head><mj-title>${SUBJECT}</mj-title><mj-attributes>
      <mj-all font-family="${faces}" />
      <mj-text font-size="16px" line-height="1.6" color="#1f2329" />
      <mj-button background-color="#1f2329" color="#ffffff" font-size="16px" border-radius="6px" inner-padding="12px 28px" />
    </mj-attributes></mj-head><mj-body background-color="#f4f5f7">
      <mj-section padding="12px 0" /><mj-section background-color="#ffffff" padding="24px 8px"><mj-column>
        ${raw(0)}<mj-text>${TEXT}</mj-text>${raw(1)}<mj-button href="${HREF}">${TEXT}</mj-button>${raw(2)}
      </mj-column></mj-section>
      <mj-section padding="8px"><mj-column><mj-text font-size="12px" color="#646a73" align="center">${FOOTER}</mj-text></mj-column></mj-section>
    </mj-body></mjml>`);
  const [before, paragraph, button, after] = html.split(/<!--qm:\d-->/);
  if (after === undefined) throw new Error('MJML did not keep the marks of the frame.');
  return { before: before!, paragraph: paragraph!, button: button!, after };
}

function htmlLetter(
  frame: Frame,
  what: { blocks: Block[]; subject: string; shop: string; language: Language },
  to: Addresses,
): string {
  const words = WORDS[what.language];
  const rows = what.blocks.map((block) =>
    block.kind === 'button'
      ? put(put(frame.button, HREF, escapeHtml(to.link(block.link))), TEXT, escapeHtml(block.text))
      : put(frame.paragraph, TEXT, block.lines.map((l) => htmlLine(l, to)).join('<br />')),
  );
  const footer = `${words.because} ${escapeHtml(what.shop)}<br /><a href="${escapeHtml(to.unsubscribe)}" style="color:#646a73">${words.leave}</a>${
    to.pixel ? `<img src="${escapeHtml(to.pixel)}" width="1" height="1" alt="" style="display:block" />` : ''
  }`;
  return (
    put(frame.before, SUBJECT, escapeHtml(what.subject)) + rows.join('') + put(frame.after, FOOTER, footer)
  );
}

function htmlLine(line: Inline[], to: Addresses): string {
  return line
    .map((piece) =>
      piece.kind === 'text'
        ? escapeHtml(piece.text)
        : `<a href="${escapeHtml(to.link(piece.link))}" style="color:#1456f0">${escapeHtml(piece.text)}</a>`,
    )
    .join('');
}

function textBlock(block: Block, to: Addresses): string {
  if (block.kind === 'button') return `${block.text}: ${to.link(block.link)}`;
  return block.lines
    .map((line) => line.map((p) => (p.kind === 'text' ? p.text : `${p.text} (${to.link(p.link)})`)).join(''))
    .join('\n');
}

/** Puts a value where the mark stands; `$` in the value means nothing. */
function put(into: string, mark: string, value: string): string {
  return into.replaceAll(mark, () => value);
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is only text inside HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}
