import {
  CloseCircleOutlined,
  DeleteOutlined,
  PauseCircleOutlined,
  PlayCircleOutlined,
  PlusOutlined,
  UndoOutlined,
  UploadOutlined,
} from '@ant-design/icons';
import { type AnswerOf, api, type ImportRun } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';
import { undoWords } from './import-words.ts';

export type Source = AnswerOf<typeof api.listSources>[number];

export const newImport = defineAction({
  id: 'import.new',
  label: 'collect:actions.newImport',
  icon: UploadOutlined,
  permission: 'data.write',
  run: ({ go }) => go('/imports/new'),
});

/** Starts a draft, or goes on with one that was stopped or failed. */
export const startImport = defineAction<ImportRun>({
  id: 'import.start',
  label: 'collect:actions.start',
  icon: PlayCircleOutlined,
  permission: 'data.write',
  applies: (run) => run.state === 'draft',
  run: async ({ call, refresh }, run) => {
    await call(api.startImport, { params: { id: run.id } });
    await refresh(api.getImport, api.listImports);
  },
});

export const resumeImport = defineAction<ImportRun>({
  id: 'import.resume',
  label: 'collect:actions.resume',
  icon: PlayCircleOutlined,
  permission: 'data.write',
  applies: (run) => run.state === 'failed' || run.state === 'cancelled',
  run: async ({ call, refresh }, run) => {
    await call(api.startImport, { params: { id: run.id } });
    await refresh(api.getImport, api.listImports);
  },
});

export const cancelImport = defineAction<ImportRun>({
  id: 'import.cancel',
  label: 'collect:actions.cancel',
  icon: CloseCircleOutlined,
  permission: 'data.write',
  applies: (run) => run.state === 'queued' || run.state === 'running',
  run: async ({ call, refresh, toast, text }, run) => {
    await call(api.cancelImport, { params: { id: run.id } });
    toast.note(text('collect:run.cancelling'));
    await refresh(api.getImport, api.listImports);
  },
});

/** Throws a draft away. */
export const discardImport = defineAction<ImportRun>({
  id: 'import.discard',
  label: 'collect:actions.discard',
  icon: DeleteOutlined,
  permission: 'data.write',
  applies: (run) => run.state === 'draft',
  run: async ({ call, refresh, go }, run) => {
    await call(api.cancelImport, { params: { id: run.id } });
    go('/imports');
    await refresh(api.getImport, api.listImports);
  },
});

export const undoImport = defineAction<ImportRun>({
  id: 'import.undo',
  label: 'collect:actions.undo',
  icon: UndoOutlined,
  permission: 'data.write',
  danger: true,
  applies: (run) => run.state === 'done' || run.state === 'failed' || run.state === 'cancelled',
  run: async ({ call, refresh, confirm, text, format }, run) => {
    const t = ((key: string, values?: Record<string, string | number>) =>
      text(`collect:${key}` as Parameters<typeof text>[0], values)) as Parameters<typeof undoWords>[2];
    const added = await call(api.previewUndo, { params: { id: run.id } });
    const sure = await confirm({
      title: text('collect:undo.title'),
      consequence: undoWords(added, run, t, format),
      verb: text('collect:actions.undo'),
    });
    if (!sure) return;
    await call(api.undoImport, { params: { id: run.id } });
    await refresh(api.getImport, api.listImports);
  },
});

/** Opens the form beside the list: its state lies in the address. */
export const createSource = defineAction({
  id: 'source.create',
  label: 'collect:actions.createSource',
  icon: PlusOutlined,
  permission: 'data.write',
  run: ({ go }) => go('/sources', { create: true }),
});

/** Calls of a paused service are kept; clients of a paused key are asked to wait. */
export const pauseSource = defineAction<Source>({
  id: 'source.pause',
  label: 'collect:source.pause',
  icon: PauseCircleOutlined,
  permission: 'data.write',
  applies: (source) => source.state !== 'paused',
  run: async ({ call, refresh, confirm, text }, source) => {
    const sure = await confirm({
      title: text('collect:source.pauseTitle', { name: source.name }),
      consequence: text(source.kind === 'webhook' ? 'collect:source.pauseHook' : 'collect:source.pauseKey'),
      verb: text('collect:source.pause'),
    });
    if (!sure) return;
    await call(api.updateSource, { params: { id: source.id }, body: { isPaused: true } });
    await refresh(api.getSource, api.listSources);
  },
});

export const resumeSource = defineAction<Source>({
  id: 'source.resume',
  label: 'collect:source.resume',
  icon: PlayCircleOutlined,
  permission: 'data.write',
  applies: (source) => source.state === 'paused',
  run: async ({ call, refresh }, source) => {
    await call(api.updateSource, { params: { id: source.id }, body: { isPaused: false } });
    await refresh(api.getSource, api.listSources, api.listDeliveries);
  },
});

export const revokeSource = defineAction<Source>({
  id: 'source.revoke',
  label: 'collect:actions.revoke',
  icon: DeleteOutlined,
  permission: 'data.write',
  danger: true,
  run: async ({ call, refresh, go, confirm, toast, text, format }, source) => {
    const sure = await confirm({
      title: text('collect:sources.revokeTitle', { name: source.name }),
      consequence: text('collect:sources.revokeText', { events: format.number(source.events) }),
      verb: text('collect:actions.revoke'),
    });
    if (!sure) return;
    await call(api.deleteSource, { params: { id: source.id } });
    toast.done(text('collect:sources.revoked', { name: source.name }));
    go('/sources');
    await refresh(api.listSources);
  },
});
