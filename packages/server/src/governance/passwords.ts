import { hash, verify } from '@node-rs/argon2';
import { newPassword } from '@qianmian/contract';
import { passwordTooShort, tooManyTries } from './errors.ts';

/** Hashed at once: argon2 takes 19 MB and 45 ms of a thread, and the journal needs threads of the same pool. */
const AT_ONCE = 2;
/** Waiting for their turn; the last of them waits about a second. */
const WAITING = 30;
/** Compared with when there is no such account, so that both cases take as long. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2V3DnRZZXT1uXpt7W2Fl+vEyVWIbQUNbyAQL8RRtcuM';

/** Hashes and checks passwords, a few at a time: anyone may ask for it without being signed in. */
export function openPasswords() {
  let busy = 0;
  const queue: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (busy >= AT_ONCE) {
      if (queue.length >= WAITING)
        throw tooManyTries('Too many passwords are being checked at once; try again in a moment.', 2);
      await new Promise<void>((resolve) => queue.push(resolve));
    } else busy += 1;
    try {
      return await work();
    } finally {
      // Who leaves hands their place on, so that nobody new slips in between.
      const next = queue.shift();
      if (next) next();
      else busy -= 1;
    }
  }

  return {
    /** What is stored of a password that was chosen; refuses one that is too easy to guess. */
    async hashOf(chosen: string): Promise<string> {
      const fault = newPassword.safeParse(chosen).error?.issues[0]?.message;
      if (fault) throw passwordTooShort(fault);
      return inTurn(() => hash(chosen));
    },

    /** Whether a password is the one stored; takes as long when nothing is. */
    isRight: (stored: string | undefined, given: string): Promise<boolean> =>
      inTurn(() => verify(stored ?? NOBODY, given).catch(() => false)),
  };
}
export type Passwords = ReturnType<typeof openPasswords>;
