import {
  CloseOutlined,
  DeleteOutlined,
  PlusOutlined,
  UserAddOutlined,
  UserDeleteOutlined,
} from '@ant-design/icons';
import { type AnswerOf, api } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';

export type Member = AnswerOf<typeof api.listMembers>[number];
export type Invitation = AnswerOf<typeof api.listInvitations>[number];
export type ApiKey = AnswerOf<typeof api.listApiKeys>[number];

/** Opens the form beside the list: its state lies in the address. */
export const addMember = defineAction({
  id: 'member.add',
  label: 'governance:actions.addMember',
  icon: UserAddOutlined,
  permission: 'settings.write',
  run: ({ go }) => go('/members', { add: true }),
});

export const removeMember = defineAction<Member & { workspaceName: string }>({
  id: 'member.remove',
  label: 'governance:actions.removeMember',
  icon: UserDeleteOutlined,
  permission: 'settings.write',
  danger: true,
  run: async ({ call, refresh, confirm, toast, text }, member) => {
    const names = { name: member.name, email: member.email, workspace: member.workspaceName };
    const sure = await confirm({
      title: text('governance:members.removeTitle', names),
      consequence: text('governance:members.removeText', names),
      verb: text('governance:actions.removeMember'),
    });
    if (!sure) return;
    await call(api.removeMember, { params: { id: member.id } });
    toast.done(text('governance:members.removed', names));
    await refresh(api.listMembers);
  },
});

export const withdrawInvitation = defineAction<Invitation>({
  id: 'invitation.withdraw',
  label: 'governance:actions.withdrawInvitation',
  icon: CloseOutlined,
  permission: 'settings.write',
  danger: true,
  run: async ({ call, refresh, toast, text }, { id, name }) => {
    await call(api.withdrawInvitation, { params: { id } });
    toast.done(text('governance:invitations.withdrawn', { name }));
    await refresh(api.listInvitations);
  },
});

export const createKey = defineAction({
  id: 'apiKey.create',
  label: 'governance:actions.createKey',
  icon: PlusOutlined,
  permission: 'settings.write',
  run: ({ go }) => go('/api-keys', { create: true }),
});

export const revokeKey = defineAction<ApiKey>({
  id: 'apiKey.revoke',
  label: 'governance:actions.revokeKey',
  icon: DeleteOutlined,
  permission: 'settings.write',
  danger: true,
  run: async ({ call, refresh, confirm, toast, text }, key) => {
    const sure = await confirm({
      title: text('governance:keys.revokeTitle', { name: key.name }),
      consequence: text('governance:keys.revokeText'),
      verb: text('governance:actions.revokeKey'),
    });
    if (!sure) return;
    await call(api.deleteApiKey, { params: { id: key.id } });
    toast.done(text('governance:keys.revoked', { name: key.name }));
    await refresh(api.listApiKeys);
  },
});
