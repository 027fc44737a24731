import { createHash } from 'node:crypto';
import { plain } from './liquid.ts';

/** A letter with everything that goes on its envelope and into its head. */
export interface Outgoing {
  from: { name: string; address: string };
  to: string;
  subject: string;
  html: string;
  text: string;
  messageId: string;
  date: Date;
  /** Address of the one-click way out (RFC 8058); null in test messages. */
  unsubscribe: string | null;
}

/**
 * A message in the form it goes over the wire (RFC 5322, 2045, 2047): text and HTML as alternatives. Written by hand,
 * for our letters need so little of MIME that a general composer takes thirty times as long. Addresses must have been
 * checked; words of people are cleaned and encoded here.
 */
export function mimeMessage(message: Outgoing): Buffer {
  const boundary = `=_${createHash('sha256').update(message.messageId).digest('hex').slice(0, 32)}`;
  const head = [
    `From: ${phrase(message.from.name)} <${message.from.address}>`,
    `To: ${message.to}`,
    `Subject: ${unstructured(message.subject)}`,
    `Message-ID: ${message.messageId}`,
    `Date: ${message.date.toUTCString().replace('GMT', '+0000')}`,
    ...(message.unsubscribe
      ? [`List-Unsubscribe: <${message.unsubscribe}>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click']
      : []),
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
  ];
  const parts = [part('text/plain', message.text), part('text/html', message.html)];
  return Buffer.from(
    [...head, '', ...parts.map((p) => `--${boundary}\r\n${p}`), `--${boundary}--`, ''].join('\r\n'),
    'utf8',
  );
}

/** Plain where it is short-lined ASCII that no server on the way would touch, Base64 otherwise. */
function part(type: string, content: string): string {
  const lines = content.replace(/\r\n?/g, '\n').split('\n');
  const asIs = lines.every((l) => l.length < 900 && /^[\x20-\x7e]*$/.test(l));
  const body = asIs
    ? lines.join('\r\n')
    : Buffer.from(lines.join('\r\n'), 'utf8').toString('base64').replace(/.{76}/g, '$&\r\n');
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${asIs ? '7bit' : 'base64'}\r\n\r\n${body}`;
}

/** Words in a header that has no structure, such as the subject. */
function unstructured(words: string): string {
  const clean = oneLine(words);
  return /^[\x20-\x7e]*$/.test(clean) && !clean.includes('=?') ? clean : encodedWords(clean);
}

/** A name before an address. */
function phrase(name: string): string {
  const clean = oneLine(name);
  return /^[\x20-\x7e]*$/.test(clean) && !clean.includes('=?')
    ? `"${clean.replace(/["\\]/g, '\\$&')}"`
    : encodedWords(clean);
}

function oneLine(words: string): string {
  return plain(words).replace(/\s+/g, ' ').trim();
}

/** RFC 2047 words of at most 45 bytes each, cut between characters. */
function encodedWords(words: string): string {
  const pieces: string[] = [];
  let piece = '';
  for (const character of words) {
    if (Buffer.byteLength(piece + character) > 45) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece].map((p) => `=?UTF-8?B?${Buffer.from(p).toString('base64')}?=`).join('\r\n ');
}
