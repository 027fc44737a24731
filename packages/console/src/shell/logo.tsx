import { useTranslation } from 'react-i18next';

/** Two faces that overlap: a thousand people, a thousand faces. */
export function Logo({ withName }: { withName?: boolean }) {
  const { t } = useTranslation('ui');
  return (
    <span className="qm-logo">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#3b4fc4" />
        <circle cx="12" cy="16" r="6" fill="none" stroke="#fff" strokeWidth="2.4" />
        <circle cx="20" cy="16" r="6" fill="none" stroke="#fff" strokeWidth="2.4" strokeOpacity=".7" />
      </svg>
      {withName && <span>{t('brand')}</span>}
    </span>
  );
}
