import { App, Button, type ButtonProps } from 'antd';
import { type ReactNode, useCallback } from 'react';
import { useTranslation } from 'react-i18next';

export interface Question {
  title: ReactNode;
  /** What will happen, with numbers: "12,408 people will get one e-mail". */
  consequence: ReactNode;
  /** The verb of the button, never "OK". */
  verb: string;
  /** Cannot be taken back. */
  danger?: boolean;
}
export type Confirm = (question: Question) => Promise<boolean>;

/** Asks before what cannot be taken back: `if (await confirm({ … })) …`. */
export function useConfirm(): Confirm {
  const { modal } = App.useApp();
  const { t } = useTranslation('ui');
  return useCallback(
    ({ title, consequence, verb, danger = true }: Question) =>
      new Promise<boolean>((resolve) => {
        modal.confirm({
          title,
          content: consequence,
          okText: verb,
          cancelText: t('cancel'),
          okButtonProps: { danger },
          focusable: { autoFocusButton: danger ? 'cancel' : 'ok' },
          mask: { closable: true },
          onOk: () => resolve(true),
          onCancel: () => resolve(false),
        });
      }),
    [modal, t],
  );
}

/** A button that names the consequence before it does what it says. */
export function ConfirmDanger({
  question,
  onConfirmed,
  ...button
}: ButtonProps & { question: Question; onConfirmed: () => unknown }) {
  const confirm = useConfirm();
  return (
    <Button
      {...button}
      onClick={async () => {
        if (await confirm(question)) onConfirmed();
      }}
    />
  );
}
