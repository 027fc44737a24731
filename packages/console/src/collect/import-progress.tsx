import type { ImportRun } from '@qianmian/contract';
import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Panel, useFormat } from '../ui/index.ts';

/** How far it is; leaving the page does not stop it. */
export function ImportProgress({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const files = run.files.filter((file) => file.role !== null);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <Panel title={t(run.state === 'undoing' ? 'run.undoing' : 'run.reading')} note={t('run.leave')}>
      <Progress
        percent={Math.round((run.progress ?? 0) * 100)}
        status="active"
        aria-label={t(`state.${run.state}`)}
      />
      <p className="qm-note">
        {t('run.files', {
          count: files.length,
          files: format.number(files.length),
          bytes: format.bytes(bytes),
        })}
      </p>
    </Panel>
  );
}
