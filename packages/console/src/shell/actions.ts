import type { AnswerOf, Endpoint, Permission } from '@qianmian/contract';
import type { ComponentType } from 'react';
import type { Confirm } from '../ui/confirm.tsx';
import type { Format } from '../ui/format.ts';
import type { Toast } from '../ui/toast.tsx';
import type { Search } from './address.ts';
import type { WorkspaceCall } from './api.ts';
import type { TextKey, TextValues } from './locales.ts';

/** What an action may use while it runs. */
export interface ActionContext {
  workspace: string;
  go: (path: string, search?: Search) => void;
  call: <E extends Endpoint>(endpoint: E, given: WorkspaceCall<E>) => Promise<AnswerOf<E>>;
  refresh: (...endpoints: Endpoint[]) => Promise<void>;
  toast: Toast;
  confirm: Confirm;
  text: (key: TextKey, values?: TextValues) => string;
  format: Format;
}

/**
 * Something a person can do, said once. It appears as a button (`ActionButton`), a menu entry (`ActionMenu`) and a command:
 * without a subject everywhere, with one while a page offers it (`usePageActions`). A thrown problem is said in a toast.
 */
export interface Action<Subject = void> {
  /** `segment.create`. */
  id: string;
  label: TextKey;
  icon?: ComponentType;
  permission?: Permission;
  /** Only where the server runs a demo. */
  demo?: boolean;
  danger?: boolean;
  /** False when it makes no sense for this subject now. */
  applies?: (subject: Subject) => boolean;
  run: (context: ActionContext, subject: Subject) => unknown;
}

export function defineAction<Subject = void>(action: Action<Subject>): Action<Subject> {
  return action;
}
