/** Begins the id of what a client's key says, and nothing else's. */
const CLIENT = 'client:';

/** Ids of facts of our own begin like this. */
const OURS = /^(campaign|coupon-redeemed|coupon-released):/;

/**
 * The id of something that a client's key says. Anybody can say anything by such a key, under any id: in a space of their
 * own these take no place of what a server, a file, a webhook or a pull says.
 */
export const clientsId = (id: string): string => `${CLIENT}${id}`;

/** Whether it is the id of something that a client's key says. */
export const isClients = (id: string): boolean => id.startsWith(CLIENT);

/** The id under which a client's key said it. */
export const idAtClient = (id: string): string => id.slice(CLIENT.length);

/** The id of a row; one that looks like a client's is kept apart. */
export const rowsId = (id: string): string => (id.startsWith(CLIENT) ? `outside:${id}` : id);

/** The id of a message from outside; one that looks like ours or a client's is kept apart, so that it cannot take its place. */
export function outsideId(id: string): string {
  return OURS.test(id) ? `outside:${id}` : rowsId(id);
}
