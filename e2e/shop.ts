import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

// A web shop that uses our tracker, and the bad line between its visitors and the server.

/** A request of a tracker, as it came over the line. */
export interface Request {
  at: number;
  method: string;
  headers: IncomingMessage['headers'];
  messageIds: string[];
  events: string[];
}

/** What the line does with a request; without a fate it passes. */
export type Fate = { status: number; retryAfter?: string } | 'lose the answer' | { afterMs: number };

export interface Line {
  url: string;
  requests: Request[];
  /** What happens to the next requests of trackers, in order. */
  fates: Fate[];
  close(): Promise<void>;
}

/** Stands between trackers and the server, and fails as it is told. */
export async function openLine(serverUrl: string): Promise<Line> {
  const requests: Request[] = [];
  const fates: Fate[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const isTracking = request.url!.startsWith('/v1/');
    if (isTracking) requests.push(noted(request, body));
    const fate = isTracking && request.method === 'POST' ? fates.shift() : undefined;
    if (fate && typeof fate === 'object' && 'status' in fate) {
      response.writeHead(fate.status, {
        'access-control-allow-origin': request.headers.origin ?? '*',
        'access-control-expose-headers': 'retry-after',
        ...(fate.retryAfter ? { 'retry-after': fate.retryAfter } : {}),
      });
      return response.end();
    }
    if (fate && typeof fate === 'object') await sleep(fate.afterMs);
    const answer = await fetch(serverUrl + request.url, {
      method: request.method,
      headers: passedOn(request),
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (fate === 'lose the answer') return request.socket.destroy();
    const headers = Object.fromEntries(answer.headers);
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection'])
      delete headers[name];
    response.writeHead(answer.status, headers);
    response.end(bytes);
  });
  const url = await listening(server);
  return { url, requests, fates, close: () => closed(server) };
}

export interface Shop {
  url: string;
  /** The script of the page at `/<name>/…`, before the tracker's own. */
  pages: Map<string, string>;
  close(): Promise<void>;
}

/** A shop of one page that routes by itself: whatever is asked under a name, its page is given. */
export async function openShop(): Promise<Shop> {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const [, name = ''] = request.url!.split(/[/?]/);
    const script = pages.get(name);
    response.writeHead(script === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(script === undefined ? '' : PAGE.replace('/*script*/', () => script));
  });
  const url = await listening(server);
  return { url, pages, close: () => closed(server) };
}

const PAGE = `<!doctype html><html lang="en"><title>Tea shop</title>
<script type="module">/*script*/</script>
<h1>Tea</h1>
<a id="inside" href="#reviews">Reviews by <b>ann@shop.example</b></a>
<a id="away" href="https://elsewhere.example/tea?token=t0ps3cret" target="_blank">Elsewhere</a>
<a id="file" href="/file/manual.pdf?x=1" download>Manual</a>
<button id="add" data-qm-event="Product Added" data-qm-product-id="TEA-1" data-qm-price="12.5"><span>Add to cart</span></button>
<button id="plain">Call +86 138 0013 8000 now</button>
<form onsubmit="return false"><input id="password" type="password" value="hunter2"><input id="go" type="submit" value="typed secret"></form>
<div data-qm-ignore><button id="ignored">Private</button></div>
<button id="account">Signed in as <span data-qm-ignore>Ann Lee</span></button>
</html>`;

function noted(request: IncomingMessage, body: Buffer): Request {
  const { batch = [] } = JSON.parse(body.toString() || '{}') as {
    batch?: { messageId: string; type: string; event?: string }[];
  };
  return {
    at: Date.now(),
    method: request.method!,
    headers: request.headers,
    messageIds: batch.map((m) => m.messageId),
    events: batch.map((m) => m.event ?? m.type),
  };
}

function passedOn({ headers }: IncomingMessage): Record<string, string> {
  const kept = ['origin', 'content-type', 'if-none-match', 'access-control-request-headers'];
  return Object.fromEntries(
    kept.flatMap((name) => (headers[name] ? [[name, String(headers[name])] as const] : [])),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
