import { ArrowLeftOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Anchor } from '../ui/anchor.tsx';
import { readKept } from '../ui/kept.ts';
import { useSessionQuery } from './session.tsx';

/** From a page outside any workspace back to the one used last; nothing for who has none yet. */
export function WayBack() {
  const { t } = useTranslation('shell');
  const { data } = useSessionQuery();
  const last = readKept('workspace');
  const workspace = data?.workspaces.find((one) => one.id === last) ?? data?.workspaces[0];
  if (!workspace) return null;
  return (
    <nav className="qm-way-back" aria-label={t('wayBack.label')}>
      <Anchor href={`/w/${workspace.id}/overview`}>
        <ArrowLeftOutlined aria-hidden="true" /> {t('wayBack.to', { name: workspace.name })}
      </Anchor>
    </nav>
  );
}
