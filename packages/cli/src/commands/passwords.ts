import { governanceEndpoints } from '@qianmian/contract';
import type { Command } from 'commander';
import { on } from '../session.ts';
import { minute, remark, say, sayJson } from '../terminal.ts';

/** `owner-password`: the way back in for who runs the server. */
export function addPasswords(root: Command): void {
  on<{ email?: string }>(
    root
      .command('owner-password')
      .description('Make a link that works once, to set a new password for the first account')
      .option('--email <email>', 'for this account instead'),
    async ({ api, own }, { json, email }) => {
      const made = await api.call(governanceEndpoints.makeOwnerPasswordLink, { body: { email } });
      if (json) return sayJson(made);
      // A server started for this command is gone when the link is opened; the next one knows the link all the same.
      say(own ? made.path : api.url + made.path);
      remark(
        `${own ? 'Start the server and open this below its address' : 'Open this'} to set a new password for ${made.email}, until ${minute(made.expiresAt)}.`,
      );
    },
  );
}
