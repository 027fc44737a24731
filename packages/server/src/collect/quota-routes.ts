import { quotaEndpoints as e } from '@qianmian/contract';
import type { Audit } from '../governance/index.ts';
import type { Mount, Principal } from '../platform/http.ts';
import { type Quotas, quotaNotYours } from './quota.ts';

/** HTTP edge of what a workspace may send: seen by who sees its data, set by who runs the server. */
export function quotaRoutes(
  mount: Mount,
  {
    quotas,
    audit,
    mayLimit,
  }: { quotas: Quotas; audit: Audit; mayLimit: (who: Principal) => Promise<boolean> },
): void {
  mount(e.getQuota, async ({ workspace, who }) => quotas.state(workspace, await mayLimit(who)));
  mount(e.setQuota, async ({ workspace, body, who }) => {
    if (!(await mayLimit(who))) throw quotaNotYours();
    await quotas.set(workspace, body, who.name);
    await audit.note(workspace, who, 'quota.set', workspace, body);
    return quotas.state(workspace, true);
  });
}
