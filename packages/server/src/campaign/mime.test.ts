import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { plain } from './liquid.ts';
import { mimeMessage, type Outgoing } from './mime.ts';

const outgoing = (over: Partial<Outgoing> = {}): Outgoing => ({
  from: { name: 'The Shop', address: 'news@shop.example' },
  to: 'ann@example.com',
  subject: 'News',
  html: '<p>Hi</p>',
  text: 'Hi',
  messageId: '<abc@shop.example>',
  date: new Date('2026-06-01T04:00:00Z'),
  unsubscribe: 'https://m.shop.example/u/x',
  ...over,
});
const tidy = (s: string) => plain(s).replace(/\s+/g, ' ').trim();

describe('a message on the wire', () => {
  it('is read back as it was meant, by another program', async () => {
    const text = `第一行\n.\n..\nFrom here\n${'long '.repeat(400)}\n`;
    const read = await PostalMime.parse(
      mimeMessage(outgoing({ subject: '好消息 🎉 '.repeat(20), text, html: '<p>你好</p>' })),
    );
    expect(read.subject).toBe('好消息 🎉 '.repeat(20).trim());
    expect(read.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(text.trimEnd());
    expect(read.html).toContain('<p>你好</p>');
    expect(read.from).toEqual({ name: 'The Shop', address: 'news@shop.example' });
    expect(read.date).toBe('2026-06-01T04:00:00.000Z');
    expect(read.messageId).toBe('<abc@shop.example>');
  });

  it('holds whatever people write, and no header that was not meant', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        async (name, subject) => {
          const bytes = mimeMessage(outgoing({ from: { name, address: 'news@shop.example' }, subject }));
          const read = await PostalMime.parse(bytes);
          expect(read.headers.map((h) => h.key)).toEqual([
            'from',
            'to',
            'subject',
            'message-id',
            'date',
            'list-unsubscribe',
            'list-unsubscribe-post',
            'mime-version',
            'content-type',
          ]);
          expect(tidy(read.subject ?? '')).toBe(tidy(subject));
          expect(read.from?.address).toBe('news@shop.example');
          const lines = bytes.toString('utf8').split('\r\n');
          for (const l of lines) expect(Buffer.byteLength(l)).toBeLessThan(998);
          expect(bytes.toString('latin1')).toMatch(/^[\x20-\x7e\r\n]*$/);
        },
      ),
    );
  });
});
