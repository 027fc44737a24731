import { MoreOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, type ButtonProps, Dropdown } from 'antd';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useConfirm } from '../ui/confirm.tsx';
import { useToast } from '../ui/toast.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { Action, ActionContext } from './actions.ts';
import { useGo } from './address.ts';
import { call } from './api.ts';
import { useText } from './i18n.ts';
import { useProblemWords } from './problem-words.ts';
import { useSession, useWorkspace } from './session.tsx';
import { inside, refresh } from './use-api.ts';

/** Runs an action with everything it may use; its failure is said in a toast. */
export function useRunAction() {
  const { id: workspace } = useWorkspace();
  const client = useQueryClient();
  const [go, toast, confirm, text, format, words] = [
    useGo(),
    useToast(),
    useConfirm(),
    useText(),
    useFormat(),
    useProblemWords(),
  ];
  return useCallback(
    async <Subject,>(action: Action<Subject>, subject: Subject) => {
      const context: ActionContext = {
        workspace,
        go,
        toast,
        confirm,
        text,
        format,
        call: (endpoint, given) => call(endpoint, inside(workspace, given)),
        refresh: (...endpoints) => refresh(client, endpoints),
      };
      try {
        await action.run(context, subject);
      } catch (error) {
        toast.failed(words(error).text);
      }
    },
    [workspace, client, go, toast, confirm, text, format, words],
  );
}

/** Whether the signed-in account may do it here, and it makes sense for the subject. */
export function useOffers() {
  const { permissions } = useWorkspace();
  const { demo } = useSession();
  return useCallback(
    <Subject,>(action: Action<Subject>, subject: Subject) =>
      (!action.permission || permissions.includes(action.permission)) &&
      (!action.demo || demo) &&
      (action.applies?.(subject) ?? true),
    [permissions, demo],
  );
}

type ActionButtonProps<Subject> = Omit<ButtonProps, 'onClick' | 'icon' | 'danger'> & {
  action: Action<Subject>;
  subject: Subject;
};

/** An action as a button; nothing where it may not be done. Give `subject={undefined}` to those without one. */
export function ActionButton<Subject>({ action, subject, ...button }: ActionButtonProps<Subject>) {
  const run = useRunAction();
  const offers = useOffers();
  const text = useText();
  const [running, setRunning] = useState(false);
  if (!offers(action, subject)) return null;
  const Icon = action.icon;
  return (
    <Button
      {...button}
      danger={action.danger}
      icon={Icon && <Icon />}
      loading={running}
      onClick={async () => {
        setRunning(true);
        await run(action, subject);
        setRunning(false);
      }}
    >
      {button.children ?? text(action.label)}
    </Button>
  );
}

/** Actions on a subject behind one button with three dots, for rows of a table. */
export function ActionMenu<Subject>({
  actions,
  subject,
  label,
}: {
  actions: readonly Action<Subject>[];
  subject: Subject;
  label?: string;
}) {
  const { t } = useTranslation('ui');
  const run = useRunAction();
  const offers = useOffers();
  const text = useText();
  const offered = actions.filter((action) => offers(action, subject));
  if (offered.length === 0) return null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: offered.map((action) => ({
          key: action.id,
          label: text(action.label),
          icon: action.icon && <action.icon />,
          danger: action.danger,
          onClick: () => void run(action, subject),
        })),
      }}
    >
      <Button type="text" size="small" icon={<MoreOutlined />} aria-label={label ?? t('more')} />
    </Dropdown>
  );
}

/** An action with its subject already given, as the palette sees it. */
export interface OfferedAction {
  action: Action<never>;
  run: () => void;
}
interface PageActionsRegistry {
  offered: readonly OfferedAction[];
  offer: (actions: readonly OfferedAction[]) => void;
}
const PageActionsContext = createContext<PageActionsRegistry>({ offered: [], offer: () => undefined });

export function PageActionsProvider({ children }: { children: ReactNode }) {
  const [offered, offer] = useState<readonly OfferedAction[]>([]);
  const value = useMemo(() => ({ offered, offer }), [offered]);
  return <PageActionsContext value={value}>{children}</PageActionsContext>;
}

/** What the page in sight offers besides the actions that are everywhere. */
export function usePageOffers(): readonly OfferedAction[] {
  return useContext(PageActionsContext).offered;
}

/** While the page is open, its actions are commands of the palette too. Pass a constant array and the subject of the page. */
export function usePageActions<Subject>(actions: readonly Action<Subject>[], subject: Subject): void {
  const { offer } = useContext(PageActionsContext);
  const run = useRunAction();
  const offers = useOffers();
  const latest = useRef({ run, subject });
  latest.current = { run, subject };
  const names = actions
    .filter((action) => offers(action, subject))
    .map((action) => action.id)
    .join();
  useEffect(() => {
    const wanted = new Set(names.split(','));
    offer(
      actions
        .filter((action) => wanted.has(action.id))
        .map((action) => ({
          action: action as unknown as Action<never>,
          run: () => void latest.current.run(action, latest.current.subject),
        })),
    );
    return () => offer([]);
  }, [actions, names, offer]);
}
