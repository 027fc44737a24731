import { qualityEndpoints as e } from '@qianmian/contract';
import type { Audit } from '../../governance/index.ts';
import { notFound } from '../../platform/errors.ts';
import type { Mount } from '../../platform/http.ts';
import type { Masked } from '../masked.ts';
import type { Owners } from '../owners.ts';
import type { Plans } from '../plan/index.ts';
import type { Arrivals } from './arrivals.ts';
import type { HeldMessages } from './held-messages.ts';
import type { Quality } from './quality.ts';

/** HTTP edge of the tracking plan, of quarantine and of quality. */
export function qualityRoutes(
  mount: Mount,
  parts: {
    plans: Plans;
    held: HeldMessages;
    quality: Quality;
    arrivals: Arrivals;
    people: Owners;
    masked: Masked;
    audit: Audit;
  },
): void {
  const { plans, held, quality, arrivals, masked, audit } = parts;
  const REVEAL = 'customer.reveal';

  mount(e.getTrackingPlan, ({ workspace }) => plans.state(workspace));
  mount(e.learnTrackingPlan, ({ workspace, query, may }) =>
    plans.learn(workspace, query.days, (properties) =>
      may(REVEAL) ? properties : masked.properties(properties),
    ),
  );
  mount(e.listPlanVersions, ({ workspace }) => plans.versions(workspace));
  mount(e.getPlanVersion, ({ workspace, params }) => plans.version(workspace, params.version));
  mount(e.saveTrackingPlan, async ({ workspace, body, who }) => {
    const saved = await plans.save(workspace, who.name, body);
    await audit.note(workspace, who, 'plan.save', String(saved.version), { events: saved.events });
    return saved;
  });
  mount(e.activateTrackingPlan, async ({ workspace, body, who }) => {
    const state = await plans.activate(workspace, body.version);
    await audit.note(workspace, who, 'plan.activate', String(body.version ?? 'none'));
    return state;
  });
  mount(e.setPlanRules, async ({ workspace, params, body, who }) => {
    const state = await plans.setRules(workspace, params.id, body);
    await audit.note(workspace, who, 'plan.rules', params.id, body);
    return state;
  });

  mount(e.listHeldGroups, ({ workspace, query }) => held.groups(workspace, query.state));
  mount(e.previewFix, async ({ workspace, body, may }) => {
    const preview = await held.preview(workspace, body.selection, body.fix);
    if (may(REVEAL)) return preview;
    const shown = (payload: string, detail: string) => masked.quarantined({ payload, detail });
    return {
      ...preview,
      examples: preview.examples.map((one) => ({
        ...one,
        detail: shown(one.before, one.detail).detail,
        before: shown(one.before, '').payload,
        after: one.after === '' ? '' : shown(one.after, '').payload,
      })),
    };
  });
  mount(e.replayQuarantine, async ({ workspace, body, who }) => {
    const begun = await held.replay(workspace, body.selection, body.fix, who.name);
    await audit.note(workspace, who, 'quarantine.replay', begun.jobId, {
      messages: begun.messages,
      steps: body.fix.steps.map((step) => step.op),
      corrected: body.fix.payload !== undefined,
      accept: body.fix.accept,
    });
    return begun;
  });
  mount(e.dismissQuarantine, async ({ workspace, body, who }) => {
    const dismissed = await held.dismiss(workspace, body.selection, who.name);
    await audit.note(workspace, who, 'quarantine.dismiss', dismissed.decision, {
      messages: dismissed.messages,
    });
    return dismissed;
  });
  mount(e.undoDismiss, async ({ workspace, params, who }) => {
    const undone = await held.undoDismiss(workspace, params.id, who.name);
    // A dismissal taken back already stands in the record alone: to take it back again does nothing.
    if (undone.messages === 0 && !(await audit.isNoted(workspace, params.id, ['quarantine.dismiss'])))
      throw notFound('decision', params.id);
    await audit.note(workspace, who, 'quarantine.undo', params.id, { messages: undone.messages });
    return undone;
  });

  mount(e.listArrivals, async ({ workspace, query, may }) => {
    const { name, source, outcome, reason, day, limit, cursor } = query;
    const whose = query.personId ? await parts.people.whoIs(workspace, query.personId) : undefined;
    const asked = { name, source, outcome, reason, day, whose };
    const page = await arrivals.list(workspace, asked, { limit, cursor });
    if (may(REVEAL)) return page;
    const shown = page.rows.map((row) => ({
      ...row,
      messageId: masked.messageId(row.messageId),
      key: masked.messageId(row.key),
      detail: masked.quarantined({ detail: row.detail, payload: '0' }).detail,
      properties: masked.properties(row.properties),
      context: masked.properties(row.context),
      envelope: masked.properties(row.envelope),
    }));
    return { ...page, rows: shown };
  });

  mount(e.getQuality, ({ workspace, query }) => quality.report(workspace, query));
  mount(e.listQualityAlerts, ({ workspace }) => quality.alerts(workspace));
  mount(e.acknowledgeQualityAlert, async ({ workspace, params, who }) => {
    const alert = await quality.acknowledge(workspace, params.id, who.name);
    await audit.note(workspace, who, 'quality.acknowledge', params.id);
    return alert;
  });
}
