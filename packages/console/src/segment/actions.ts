import {
  CopyOutlined,
  DeleteOutlined,
  EditOutlined,
  MailOutlined,
  PlusOutlined,
  ReloadOutlined,
  UsergroupAddOutlined,
} from '@ant-design/icons';
import { api, type Condition, type Segment } from '@qianmian/contract';
import { type ActionContext, defineAction } from '../shell/actions.ts';
import { freeName, sameCondition } from './same.ts';

const counted = ({ format }: ActionContext, segment: Segment) => ({
  name: segment.name,
  count: segment.size ?? 0,
  people: format.number(segment.size ?? 0),
});

export const newSegment = defineAction({
  id: 'segment.create',
  label: 'segment:actions.create',
  icon: PlusOutlined,
  permission: 'segment.write',
  run: ({ go }) => go('/segments/new'),
});

/** A set of people that is to become a segment, with a name for it. */
export interface SegmentWish {
  name: string;
  condition: Condition;
}

/** Makes a segment at once and opens it; one with the same rule is opened instead. */
export const makeSegment = defineAction<SegmentWish>({
  id: 'segment.make',
  label: 'profile:actions.makeSegment',
  icon: UsergroupAddOutlined,
  permission: 'segment.write',
  run: async (context, wish) => {
    const { call, go, toast, text, refresh } = context;
    const all = await call(api.listSegments, {});
    const same = all.find((one) => sameCondition(one.condition, wish.condition));
    if (same) {
      toast.note(text('segment:done.exists', { name: same.name }));
      return go(`/segments/${same.id}`);
    }
    const name = freeName(wish.name, new Set(all.map((one) => one.name)));
    const made = await call(api.createSegment, { body: { name, condition: wish.condition } });
    toast.done(text('segment:done.saved', counted(context, made)));
    await refresh(api.listSegments);
    go(`/segments/${made.id}`);
  },
});

export const editSegment = defineAction<Segment>({
  id: 'segment.edit',
  label: 'segment:actions.edit',
  icon: EditOutlined,
  permission: 'segment.write',
  run: ({ go }, segment) => go(`/segments/${segment.id}/edit`),
});

/** Opens the builder with the same rule. */
export const copySegment = defineAction<Segment>({
  id: 'segment.copy',
  label: 'segment:actions.duplicate',
  icon: CopyOutlined,
  permission: 'segment.write',
  run: ({ go }, segment) => go('/segments/new', { condition: JSON.stringify(segment.condition) }),
});

export const refreshSegment = defineAction<Segment>({
  id: 'segment.refresh',
  label: 'segment:actions.refresh',
  icon: ReloadOutlined,
  permission: 'segment.read',
  run: async (context, segment) => {
    const { call, refresh, toast, text } = context;
    const now = await call(api.refreshSegment, { params: { id: segment.id } });
    toast.done(text('segment:done.refreshed', counted(context, now)));
    await refresh(api.listSegments, api.getSegment, api.previewSegment, api.listCustomers);
  },
});

/** Opens the planner's first page with the segment chosen. */
export const campaignFor = defineAction<Segment>({
  id: 'segment.campaign',
  label: 'segment:actions.campaign',
  icon: MailOutlined,
  permission: 'campaign.write',
  run: ({ go }, segment) => go('/campaigns/new', { segment: segment.id }),
});

/** Deletes a segment; one that is used says by what instead. */
export const deleteSegment = defineAction<Segment>({
  id: 'segment.delete',
  label: 'segment:actions.delete',
  icon: DeleteOutlined,
  permission: 'segment.write',
  danger: true,
  run: async (context, { id }) => {
    const { call, refresh, confirm, toast, text, format, go } = context;
    const segment = await call(api.getSegment, { params: { id } });
    if (segment.usedBy.length > 0) {
      const users = segment.usedBy.map(({ kind, name }) => text(`segment:remove.user.${kind}`, { name }));
      await confirm({
        title: text('segment:remove.usedTitle', { name: segment.name }),
        consequence: text('segment:remove.usedText', { users: format.list(users) }),
        verb: text('segment:remove.usedVerb'),
        danger: false,
      });
      return;
    }
    const sure = await confirm({
      title: text('segment:remove.title', { name: segment.name }),
      consequence: text('segment:remove.text', counted(context, segment)),
      verb: text('segment:actions.delete'),
    });
    if (!sure) return;
    await call(api.deleteSegment, { params: { id } });
    toast.done(text('segment:done.deleted', { name: segment.name }));
    go('/segments');
    await refresh(api.listSegments);
  },
});
