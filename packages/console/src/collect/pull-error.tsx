import { useTranslation } from 'react-i18next';

const KNOWN = [
  'pull_refused',
  'pull_unreachable',
  'pull_timeout',
  'pull_no_table',
  'pull_no_column',
  'pull_no_database',
  'pull_forbidden',
  'pull_changed',
  'pull_tls',
  'pull_rows_too_big',
  'outgoing_private_host',
  'outgoing_unknown_host',
] as const;

/** Why a source could not be read: our words where the cause is known, else the server's. */
export function PullError({ code, detail }: { code: string | null; detail: string | null }) {
  const { t } = useTranslation('collect');
  const known = KNOWN.find((one) => one === code?.replace('.', '_'));
  return <span className="qm-wrap">{known ? t(`pull.error.${known}`) : (detail ?? code ?? '')}</span>;
}
