import type { AnswerOf, api } from '@qianmian/contract';
import { Alert, Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { CopyText, useFormat } from '../ui/index.ts';
import { linkAddress } from './link-token.ts';

type Link = AnswerOf<typeof api.makePasswordLink>;

/** A link for one person, shown once, to hand on by a way that reaches only them. */
export function OneTimeLink({ link, text, onDone }: { link: Link; text: string; onDone: () => void }) {
  const { t } = useTranslation('governance');
  const format = useFormat();
  return (
    <div className="qm-grid">
      <p className="qm-note">{text}</p>
      <Alert type="warning" showIcon title={t('link.onlyOnce', { until: format.dateTime(link.expiresAt) })} />
      <CopyText text={linkAddress(link.path, window.location.origin)} label={t('link.copy')} />
      <Button type="primary" onClick={onDone}>
        {t('link.done')}
      </Button>
    </div>
  );
}

/** The same over the page. */
export function OneTimeLinkModal({
  shown,
  onDone,
}: {
  shown: { title: string; text: string; link: Link } | null;
  onDone: () => void;
}) {
  return (
    <Modal
      open={shown !== null}
      onCancel={onDone}
      // A stray click must not take away what is shown only once.
      mask={{ closable: false }}
      keyboard={false}
      footer={null}
      title={shown?.title}
      destroyOnHidden
    >
      {shown && <OneTimeLink link={shown.link} text={shown.text} onDone={onDone} />}
    </Modal>
  );
}
