import {
  CloudDownloadOutlined,
  DeleteOutlined,
  PauseCircleOutlined,
  PlayCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons';
import { api, type Pull } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';

export const createPull = defineAction({
  id: 'pull.create',
  label: 'collect:pull.create',
  icon: CloudDownloadOutlined,
  permission: 'data.write',
  run: ({ go }) => go('/pulls/new'),
});

export const runPull = defineAction<Pull>({
  id: 'pull.run',
  label: 'collect:pull.run',
  icon: SyncOutlined,
  permission: 'data.write',
  applies: (pull) => pull.state !== 'paused' && !pull.isRunning,
  run: async ({ call, refresh, toast, text }, pull) => {
    await call(api.runPull, { params: { id: pull.id } });
    toast.done(text('collect:pull.asked'));
    await refresh(api.getPull, api.listPullRuns);
  },
});

/** Nothing is missed meanwhile: it goes on where it was. */
export const pausePull = defineAction<Pull>({
  id: 'pull.pause',
  label: 'collect:pull.pause',
  icon: PauseCircleOutlined,
  permission: 'data.write',
  applies: (pull) => pull.state !== 'paused',
  run: async ({ call, refresh, confirm, text }, pull) => {
    const sure = await confirm({
      title: text('collect:pull.pauseTitle', { name: pull.name }),
      consequence: text('collect:pull.pauseText'),
      verb: text('collect:pull.pause'),
    });
    if (!sure) return;
    await call(api.updatePull, { params: { id: pull.id }, body: { isPaused: true } });
    await refresh(api.getPull, api.listPulls);
  },
});

export const resumePull = defineAction<Pull>({
  id: 'pull.resume',
  label: 'collect:pull.resume',
  icon: PlayCircleOutlined,
  permission: 'data.write',
  applies: (pull) => pull.state === 'paused',
  run: async ({ call, refresh }, pull) => {
    await call(api.updatePull, { params: { id: pull.id }, body: { isPaused: false } });
    await refresh(api.getPull, api.listPulls, api.listPullRuns);
  },
});

export const deletePull = defineAction<Pull>({
  id: 'pull.delete',
  label: 'collect:pull.remove',
  icon: DeleteOutlined,
  permission: 'data.write',
  danger: true,
  run: async ({ call, refresh, go, confirm, toast, text, format }, pull) => {
    const sure = await confirm({
      title: text('collect:pull.removeTitle', { name: pull.name }),
      consequence: text('collect:pull.removeText', { rows: format.number(pull.rows) }),
      verb: text('collect:pull.remove'),
    });
    if (!sure) return;
    await call(api.deletePull, { params: { id: pull.id } });
    toast.done(text('collect:pull.removed', { name: pull.name }));
    go('/pulls');
    await refresh(api.listPulls, api.listSources);
  },
});
