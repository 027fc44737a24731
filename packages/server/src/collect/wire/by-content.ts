import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../platform/errors.ts';
import { type BodyRoom, openBodyRoom } from './body-room.ts';
import { BODY_LIMIT } from './unpack.ts';

/** One for all doors of the process. */
const ROOM = openBodyRoom();

/**
 * Bodies of these routes are bytes, whatever type they claim to be of, and though it be none that there is. `keyOf` is
 * asked before any byte of a body is read: it answers the key that stands beside it, null where it may be within, and
 * throws for one that nobody has.
 */
export function takeBytes(
  scope: FastifyInstance,
  keyOf: (request: FastifyRequest) => Promise<string | null>,
  room: BodyRoom = ROOM,
): void {
  const claimed = new WeakMap<object, string>();
  const places = new WeakMap<object, ReturnType<BodyRoom['enter']>>();
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) =>
    bytesOf(payload, Number(request.headers['content-length'] ?? 0), (bytes) =>
      places.get(request.raw)?.take(bytes),
    ),
  );
  scope.addHook('onRequest', async (request, reply) => {
    const { raw } = request;
    if (request.method !== 'OPTIONS') {
      const place = room.enter({ address: request.ip, key: await keyOf(request) });
      places.set(raw, place);
      for (const end of ['finish', 'close']) reply.raw.once(end, place.leave);
    }
    const type = raw.headers['content-type'];
    if (type !== undefined) claimed.set(raw, type);
    raw.headers['content-type'] = 'application/octet-stream';
  });
  scope.addHook('preHandler', async ({ raw }) => {
    const type = claimed.get(raw);
    if (type === undefined) delete raw.headers['content-type'];
    else raw.headers['content-type'] = type;
  });
}

/** The bytes of a body as they come; given up where there are too many, or no room for more. */
function bytesOf(payload: IncomingMessage, length: number, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const onData = (piece: Buffer) => {
      bytes += piece.length;
      try {
        if (bytes > BODY_LIMIT) throw tooLarge();
        take(piece.length);
        pieces.push(piece);
      } catch (error) {
        give(() => reject(error));
      }
    };
    const onEnd = () => give(() => resolve(Buffer.concat(pieces)));
    const onGone = () => give(() => reject(cutOff()));
    function give(answer: () => void) {
      payload.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      answer();
    }
    if (length > BODY_LIMIT) return reject(tooLarge());
    payload.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}

const cutOff = () =>
  new AppError({ code: 'request.invalid', status: 400, detail: 'The body ended before it was whole.' });

function tooLarge(): AppError {
  return new AppError({
    code: 'request.too_large',
    status: 413,
    detail: `The body is larger than ${BODY_LIMIT.toLocaleString('en')} bytes; send fewer events at once.`,
  });
}
