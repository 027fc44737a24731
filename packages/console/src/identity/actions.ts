import { SearchOutlined } from '@ant-design/icons';
import { api, type Decision } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';
import { UndoIcon } from '../ui/index.ts';

export const searchDuplicates = defineAction({
  id: 'identity.search',
  label: 'identity:actions.search',
  icon: SearchOutlined,
  permission: 'customer.write',
  run: async ({ call, refresh, toast, text }) => {
    await call(api.searchDuplicates, {});
    toast.note(text('identity:review.searching'));
    await refresh(api.getIdentityState, api.listJobs);
  },
});

/** Takes back what somebody decided: the evidence speaks again. */
export const undoDecision = defineAction<Decision>({
  id: 'identity.undo',
  label: 'identity:actions.undo',
  icon: UndoIcon,
  permission: 'customer.write',
  run: async ({ call, refresh, confirm, toast, text }, decision) => {
    const sure = await confirm({
      title: text('identity:decisions.undoTitle'),
      consequence: text(
        decision.verdict === 'same' ? 'identity:decisions.undoSame' : 'identity:decisions.undoDifferent',
      ),
      verb: text('identity:actions.undo'),
      danger: false,
    });
    if (!sure) return;
    await call(api.undoDecision, { params: { id: decision.id } });
    toast.done(text('identity:decisions.undone'));
    await refresh(
      api.listDecisions,
      api.getPersonIdentity,
      api.getCustomer,
      api.getIdentityState,
      api.listDuplicates,
    );
  },
});
