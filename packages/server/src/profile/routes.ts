import { profileEndpoints as e } from '@qianmian/contract';
import type { Audit, Guesses } from '../governance/index.ts';
import type { Mount } from '../platform/http.ts';
import type { Profile } from './profile.ts';

/** HTTP edge of profile. */
export function profileRoutes(
  mount: Mount,
  parts: { profile: Profile; audit: Audit; guesses: Guesses },
): void {
  const { profile, audit, guesses } = parts;

  mount(e.listCustomers, ({ workspace, query, may, who }) => {
    const reveal = may('customer.reveal');
    const list = () => profile.listCustomers(workspace, query, reveal);
    return reveal || !query.search ? list() : guesses({ workspace, who }, list, ({ total }) => total > 0);
  });
  mount(e.exportCustomers, async ({ workspace, query, may, who, reply }) => {
    const reveal = may('customer.reveal');
    if (!reveal && query.search)
      await guesses(
        { workspace, who },
        () => profile.listCustomers(workspace, { ...query, limit: 1 }, reveal),
        ({ total }) => total > 0,
      );
    const csv = await profile.exportCustomers(workspace, query, reveal);
    await audit.note(workspace, who, 'customer.export', workspace, { masked: !reveal });
    reply.header('content-disposition', 'attachment; filename="customers.csv"');
    return csv;
  });
  mount(e.getCustomer, ({ workspace, params, may }) =>
    profile.person.get(workspace, params.personId, may('customer.reveal')),
  );
  mount(e.nameCustomers, ({ workspace, body, may }) =>
    profile.namesOf(workspace, body.people, may('customer.reveal')),
  );
  mount(e.getTimeline, ({ workspace, params, query, may }) =>
    profile.person.timeline(workspace, params.personId, query, may('customer.reveal')),
  );
  mount(e.getOrders, ({ workspace, params, query }) =>
    profile.person.orders(workspace, params.personId, query),
  );

  mount(e.addTag, async ({ workspace, params, who }) => {
    const person = await profile.person.mustBe(workspace, params.personId);
    await profile.tags.add(workspace, person, params.tag);
    await audit.note(workspace, who, 'customer.tag', String(person), { tag: params.tag });
    return undefined;
  });
  mount(e.removeTag, async ({ workspace, params, who }) => {
    const person = await profile.person.mustBe(workspace, params.personId);
    await profile.tags.remove(workspace, person, params.tag);
    await audit.note(workspace, who, 'customer.untag', String(person), { tag: params.tag });
    return undefined;
  });
  mount(e.listTags, ({ workspace }) => profile.tags.list(workspace));
  mount(e.createTag, async ({ workspace, body, who }) => {
    const made = await profile.tags.create(workspace, body);
    await audit.note(workspace, who, 'tag.save', made.name);
    return made;
  });
  mount(e.deleteTag, async ({ workspace, params, who }) => {
    await profile.tags.delete(workspace, params.tag);
    await audit.note(workspace, who, 'tag.delete', params.tag);
    return undefined;
  });

  mount(e.getRfm, ({ workspace }) => profile.rfmReport(workspace));
  mount(e.refreshProfiles, ({ workspace }) => profile.refresh(workspace));
}
