import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../platform/errors.ts';
import { escapeHtml, openLetters } from './letter.ts';
import type { Fields } from './liquid.ts';
import { addressWith } from './markup.ts';
import { compileEmail, missingFields, writeTo } from './template.ts';

const TRAITS = ['firstName', 'name', 'city', 'favourite_colour'];
const email = (body: string, subject = 'News') => ({ fromName: 'Shop', subject, body });
const fields = (
  customer: Fields['customer'],
  coupon: Fields['coupon'] = { code: 'AB12', words: '20% off' },
): Fields => ({
  customer,
  coupon,
  shop: { name: 'The Shop' },
});
const to = {
  link: (i: number) => `https://t.example/${i}`,
  pixel: 'https://t.example/o.gif',
  unsubscribe: 'https://t.example/u',
};
const letter = openLetters();

async function letterTo(body: string, values: Fields, subject = 'News') {
  const template = compileEmail(email(body, subject), TRAITS);
  const { subject: line, blocks } = writeTo(template, values);
  return {
    subject: line,
    links: template.links,
    ...(await letter({ blocks, subject: line, shop: 'The Shop', language: template.language }, to)),
  };
}

function refusal(body: string, subject = 'News'): AppError {
  try {
    compileEmail(email(body, subject), TRAITS);
  } catch (error) {
    return error as AppError;
  }
  throw new Error('was accepted');
}

describe('an e-mail as it is written', () => {
  it('becomes paragraphs, links and buttons, as HTML and as text', async () => {
    const made = await letterTo(
      'Dear {{ customer.firstName | default: "friend" }},\nall shoes are cheaper.\n\nSee [our range](https://shop.example/shoes?a=1&b=2).\n\n[[Use {{ coupon.code }}]](https://shop.example/c?code={{ coupon.code }})',
      fields({}),
      '{{ coupon.words }} for you',
    );
    expect(made.subject).toBe('20% off for you');
    expect(made.links).toEqual([
      'https://shop.example/shoes?a=1&b=2',
      'https://shop.example/c?code={{coupon.code}}',
    ]);
    expect(made.html).toContain('Dear friend,<br />all shoes are cheaper.');
    expect(made.html).toContain('<a href="https://t.example/0" style="color:#1456f0">our range</a>.');
    expect(made.html).toMatch(/href="https:\/\/t\.example\/1"[^>]*>\s*Use AB12/);
    expect(made.html).toContain('https://t.example/o.gif');
    expect(made.text).toBe(
      'Dear friend,\nall shoes are cheaper.\n\nSee our range (https://t.example/0).\n\nUse AB12: https://t.example/1\n\n-- \nYou receive this because you agreed to news from The Shop\nUnsubscribe: https://t.example/u',
    );
    expect(addressWith(made.links[1]!, 'A&B')).toBe('https://shop.example/c?code=A%26B');
  });

  it('speaks Chinese to Chinese', async () => {
    const made = await letterTo('{{ customer.name }}，您好！', fields({ name: '王小明' }), '好消息');
    expect(made.html).toContain('王小明，您好！');
    expect(made.html).toContain('lang="zh"');
    expect(made.text).toContain('退订: https://t.example/u');
  });

  it('values are text and nothing else: not HTML, not links, not Liquid', async () => {
    const name =
      '<script>alert(1)</script> [[Win]](https://evil.example) {{ coupon.code }} \uE0030\uE004 "x"';
    const made = await letterTo(
      'Hi {{ customer.name }}, [go {{ customer.name }}](https://shop.example/)',
      fields({ name }),
      'Hi {{ customer.name }}',
    );
    const said =
      '&lt;script&gt;alert(1)&lt;/script&gt; [[Win]](https://evil.example) {{ coupon.code }} 0 &quot;x&quot;';
    expect(made.html).toContain(`Hi ${said}, <a href="https://t.example/0"`);
    expect(made.html).not.toContain('<script>');
    expect(made.links).toEqual(['https://shop.example/']);
    expect(made.html.match(/<a /g)).toHaveLength(2);
    expect(made.subject).toContain('<script>alert(1)</script> [[Win]](https://evil.example)');
  });

  it('no line of a value reaches the subject', async () => {
    const made = await letterTo(
      'x',
      fields({ name: 'Ann\r\nBcc: all@example.com\u0000' }),
      'Hi {{ customer.name }}\nX-Evil: 1',
    );
    expect(made.subject).toBe('Hi Ann Bcc: all@example.com X-Evil: 1');
  });

  it('whatever a customer is called, the letter has as many tags and links as for Ann', async () => {
    const template = compileEmail(
      email('Hi {{ customer.name }}\n\n[a {{customer.name}}](https://x.example)'),
      TRAITS,
    );
    const tags = async (name: string) => {
      const { subject, blocks } = writeTo(template, fields({ name }));
      const { html } = await letter({ blocks, subject, shop: name, language: 'en' }, to);
      return html.match(/</g)?.length;
    };
    const ann = await tags('Ann');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (name) => {
        fc.pre(name.trim() !== '');
        expect(await tags(`A${name}`)).toBe(ann);
      }),
    );
    expect(escapeHtml(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
  });

  it('a field without a value needs a default', () => {
    const template = compileEmail(
      email('Hi {{ customer.firstName }} in {{ customer.city | default: "town" }}'),
      TRAITS,
    );
    expect(missingFields(template, fields({ city: 'York' }))).toEqual(['customer.firstName']);
    expect(() => writeTo(template, fields({}))).toThrow(
      '"customer.firstName" has no value for this person; write {{ customer.firstName | default: "…" }}.',
    );
    const withIf = compileEmail(
      email('{% if customer.city %}In {{ customer.city }}{% else %}Hi{% endif %}'),
      TRAITS,
    );
    expect(writeTo(withIf, fields({})).blocks).toEqual([
      { kind: 'paragraph', lines: [[{ kind: 'text', text: 'Hi' }]] },
    ]);
    const inAddress = compileEmail(email('[x](https://x.example/{{ coupon.code }})'), TRAITS);
    expect(() => writeTo(inAddress, fields({}, {}))).toThrow('"coupon.code" has no value');
  });
});

describe('an e-mail that cannot be sent', () => {
  it('names a field that does not exist, and those that do', () => {
    const fault = refusal('Hi {{ customer.fristName }} {{ order.id }}');
    expect(fault).toMatchObject({ status: 400, code: 'campaign.bad_template' });
    expect(fault.fields?.['email.body']).toContain('"customer.fristName", "order.id" are no fields');
    expect(fault.fields?.['email.body']).toContain('customer.firstName');
    expect(refusal('x', 'Hi {{ customer.nme }}').fields).toHaveProperty('email.subject');
    expect(refusal('{{ customer }}').status).toBe(400);
    expect(refusal('{{ customer[shop.name] }}').status).toBe(400);
    expect(refusal('{{ customer.name.constructor }}').status).toBe(400);
  });

  it('has faults of Liquid, with their place', () => {
    expect(refusal('a\n{{ customer.name').fields?.['email.body']).toContain('line 2');
    expect(refusal('{% include "secrets" %}').detail).toContain('there is no tag "include"');
    expect(refusal('{% render "/etc/passwd" %}').status).toBe(400);
    expect(refusal('{{ customer.name | raw }}').detail).toContain('there is no filter "raw"');
    expect(refusal('{% for i in (1..100000000) %}x{% endfor %}').detail).toContain('too much work');
    expect(
      refusal(
        '{% assign x = "aaaaaaaaaaaaaaaa" %}{% for i in (1..50) %}{% assign x = x | append: x %}{% endfor %}',
      ).detail,
    ).toContain('too much work');
  });

  it('links to where no link may lead', () => {
    for (const address of [
      'javascript:alert(1)',
      'data:text/html,x',
      'shop.example',
      '//evil.example',
      'https://a:b@shop.example',
      'https://{{ customer.name }}.example',
      'https://{{ coupon.code }}.example',
      'https://shop.example/{{ customer.name }}',
      'https://shop.example/{% if true %}x{% endif %}',
      'https://shop.example/ x',
      'https://shop.example/"onclick=',
      '',
    ])
      expect(refusal(`[x](${address})`).fields, address).toHaveProperty('email.body');
    expect(compileEmail(email('[x](mailto:a@b.example) [y](http://b.example)'), TRAITS).links).toHaveLength(
      2,
    );
  });
});
