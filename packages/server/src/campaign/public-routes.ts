import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { AppError } from '../platform/errors.ts';
import type { Language } from '../promotion/index.ts';
import type { Reactions } from './reactions.ts';

/** A transparent GIF of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const WORDS = {
  en: {
    title: 'Unsubscribe',
    ask: 'You will get no more e-mails with news and offers from us.',
    button: 'Unsubscribe',
    done: 'You are unsubscribed. You will get no more e-mails with news and offers from us.',
    preview: 'This is where your customers unsubscribe. In a preview it does nothing.',
    unknown: 'This address is not complete or not known here. Use the one from the e-mail.',
  },
  zh: {
    title: '退订',
    ask: '退订后，您将不再收到我们的资讯和优惠邮件。',
    button: '退订',
    done: '已退订，您不会再收到我们的资讯和优惠邮件。',
    preview: '顾客将在这里退订。预览中不会产生任何效果。',
    unknown: '这个地址不完整或不存在，请使用邮件中的完整地址。',
  },
} as const;

/** What messages lead to, open to anyone: links, the pixel, the way out. Garbage is answered politely and counts nowhere. */
export async function campaignPublicRoutes(app: FastifyInstance, reactions: Reactions): Promise<void> {
  await app.register(async (scope) => {
    // A one-click leave is posted as a form (RFC 8058), by some as multipart: what it says is not looked at.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => {
      payload.resume();
      done(null);
    });
    scope.setErrorHandler((error, request, reply) => {
      if (!(error instanceof AppError)) request.log.error({ err: error }, 'a public page failed');
      return page(request, reply, 503, 'unknown', false);
    });
    const options: RouteShorthandOptions = { schema: { hide: true }, config: { access: 'public' } as object };

    scope.get('/t/c/:token', options, async (request, reply) => {
      // Programs that look at addresses before people do ask by HEAD: that is no click.
      if (request.method === 'HEAD') return reply.status(204).send();
      const to = await reactions.clicked(of(request));
      if (to === null) return page(request, reply, 404, 'unknown', false);
      return reply.header('cache-control', 'no-store').redirect(to, 302);
    });

    scope.get('/t/o/:token', options, async (request, reply) => {
      if (request.method !== 'HEAD')
        await reactions.opened(of(request).replace(/\.gif$/, '')).catch((err) => {
          request.log.error({ err }, 'an open could not be recorded');
        });
      return reply.type('image/gif').header('cache-control', 'no-store, private').send(PIXEL);
    });

    scope.get('/u/:token', options, async (request, reply) => {
      if (of(request) === 'preview') return page(request, reply, 200, 'preview', false);
      const known = await reactions.canLeave(of(request));
      return known ? page(request, reply, 200, 'ask', true) : page(request, reply, 404, 'unknown', false);
    });

    scope.post('/u/:token', options, async (request, reply) => {
      if (of(request) === 'preview') return page(request, reply, 200, 'preview', false);
      const left = await reactions.left(of(request));
      return left ? page(request, reply, 200, 'done', false) : page(request, reply, 404, 'unknown', false);
    });
  });
}

/** The token of an address. */
function of(request: FastifyRequest): string {
  return (request.params as { token: string }).token;
}

function page(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  message: 'ask' | 'done' | 'preview' | 'unknown',
  withButton: boolean,
): FastifyReply {
  const language = languageOf(request);
  const words = WORDS[language];
  const button = withButton ? `<form method="post"><button>${words.button}</button></form>` : '';
  return reply
    .status(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-robots-tag', 'noindex')
    .send(`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title><style>
body{margin:15vh auto 0;max-width:26rem;padding:0 1.5rem;font:1.05rem/1.6 system-ui,sans-serif;color:#1f2329}
button{font:inherit;padding:.6rem 1.6rem;border:0;border-radius:6px;background:#1f2329;color:#fff;cursor:pointer}
</style></head><body><main><h1>${words.title}</h1><p>${words[message]}</p>${button}</main></body></html>`);
}

/** Chinese to whose browser asks for Chinese first, English to everyone else. */
function languageOf(request: FastifyRequest): Language {
  return /^\s*zh/i.test(request.headers['accept-language'] ?? '') ? 'zh' : 'en';
}
