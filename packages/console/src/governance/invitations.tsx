import { type AnswerOf, api } from '@qianmian/contract';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../shell/session.tsx';
import { ActionButton } from '../shell/use-actions.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { type Column, DataTable, DateText } from '../ui/index.ts';
import { type Invitation, withdrawInvitation } from './actions.ts';
import { inviteText } from './add-member.tsx';
import { OneTimeLinkModal } from './one-time-link.tsx';

type Invited = AnswerOf<typeof api.addMember>;

/** Who was invited and has not come yet; nothing where nobody is awaited. */
export function Invitations() {
  const { t } = useTranslation('governance');
  const query = useApi(api.listInvitations, {});
  const [renewed, setRenewed] = useState<Invited | null>(null);
  const columns = useColumns(setRenewed);
  return (
    <>
      {query.data && query.data.length > 0 && (
        <DataTable
          id="invitations"
          label={t('invitations.title')}
          columns={columns}
          rows={query.data}
          rowKey={(one) => one.id}
          toolbar={
            <div>
              <h2 style={{ fontSize: 16, margin: 0 }}>{t('invitations.title')}</h2>
              <p className="qm-note">{t('invitations.note')}</p>
            </div>
          }
        />
      )}
      <OneTimeLinkModal
        shown={
          renewed && {
            title: t('invitations.linkTitle', { name: renewed.name }),
            text: inviteText(renewed, t),
            link: renewed.link,
          }
        }
        onDone={() => setRenewed(null)}
      />
    </>
  );
}

/** Makes a new link in place of the one before, which may be lost or over. */
function NewLink({ of, onMade }: { of: Invitation; onMade: (made: Invited) => void }) {
  const { t } = useTranslation('governance');
  const canWrite = useCan('settings.write');
  const again = useAction(api.addMember, { refreshes: [api.listInvitations] });
  if (!canWrite) return null;
  const { email, name, role } = of;
  return (
    <Button
      size="small"
      type="text"
      loading={again.running}
      onClick={async () => {
        const made = await again.run({ body: { email, name, role } });
        if (made) onMade(made);
      }}
    >
      {t('invitations.newLink')}
    </Button>
  );
}

function useColumns(onMade: (made: Invited) => void): Column<Invitation>[] {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('members.name'),
        always: true,
        width: 220,
        value: (one) => one.name,
        cell: (one) => (
          <span className="qm-two-lines">
            <span>{one.name}</span>
            <small>{one.email}</small>
          </span>
        ),
      },
      { key: 'role', title: t('members.role'), width: 120, value: (one) => shell(`role.${one.role}`) },
      { key: 'invitedBy', title: t('invitations.by'), width: 200, value: (one) => one.invitedBy },
      {
        key: 'expiresAt',
        title: t('invitations.until'),
        width: 180,
        value: (one) => one.expiresAt,
        cell: (one) => <DateText at={one.expiresAt} as="dateTime" />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        width: 250,
        align: 'right',
        cell: (one) => (
          <>
            <NewLink of={one} onMade={onMade} />
            <ActionButton action={withdrawInvitation} subject={one} size="small" type="text" />
          </>
        ),
      },
    ],
    [t, shell, onMade],
  );
}
