import { DeleteOutlined, EditOutlined, PlusOutlined, ReloadOutlined } from '@ant-design/icons';
import { type AnswerOf, api } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';

export type CustomerTag = AnswerOf<typeof api.listTags>[number];

export const createTag = defineAction({
  id: 'tag.create',
  label: 'profile:actions.createTag',
  icon: PlusOutlined,
  permission: 'customer.write',
  run: ({ go }) => go('/tags', { edit: 'new' }),
});

export const editTag = defineAction<CustomerTag>({
  id: 'tag.edit',
  label: 'profile:actions.editTag',
  icon: EditOutlined,
  permission: 'customer.write',
  run: ({ go }, tag) => go('/tags', { edit: `tag:${tag.name}` }),
});

export const deleteTag = defineAction<CustomerTag>({
  id: 'tag.delete',
  label: 'profile:actions.deleteTag',
  icon: DeleteOutlined,
  permission: 'customer.write',
  danger: true,
  run: async ({ call, refresh, confirm, toast, text, format }, tag) => {
    const name = tag.label || tag.name;
    const sure = await confirm({
      title: text('profile:tags.deleteTitle', { tag: name }),
      consequence: text('profile:tags.deleteText', { count: tag.people, people: format.number(tag.people) }),
      verb: text('profile:actions.deleteTag'),
    });
    if (!sure) return;
    await call(api.deleteTag, { params: { tag: tag.name } });
    toast.done(text('profile:tags.deleted', { tag: name }));
    await refresh(api.listTags, api.listCustomers, api.getCustomer);
  },
});

export const refreshProfiles = defineAction({
  id: 'profile.refresh',
  label: 'profile:actions.refresh',
  icon: ReloadOutlined,
  permission: 'segment.write',
  run: async ({ call, refresh, toast, text, format }) => {
    const done = await call(api.refreshProfiles, {});
    const took = format.duration(done.milliseconds);
    toast.done(text('profile:rfm.refreshed', { people: format.number(done.people), took }));
    await refresh(api.getRfm, api.listCustomers, api.getCustomer, api.listSegments);
  },
});
