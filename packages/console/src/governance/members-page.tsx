import { type AnswerOf, api, ROLES, type Role } from '@qianmian/contract';
import { Button, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useCan, useSession, useWorkspace } from '../shell/session.tsx';
import { ActionButton } from '../shell/use-actions.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  Facts,
  Loading,
  Page,
  useAddressState,
  useFormat,
  Why,
} from '../ui/index.ts';
import { addMember, type Member, removeMember } from './actions.ts';
import { AddMember } from './add-member.tsx';
import { Invitations } from './invitations.tsx';
import { OneTimeLinkModal } from './one-time-link.tsx';

type Link = AnswerOf<typeof api.makePasswordLink>;

const view = z.object({ add: z.stringbool().default(false) });

/** Who may enter the workspace, and what each may do. */
export default function MembersPage() {
  const { t } = useTranslation('governance');
  const format = useFormat();
  const workspace = useWorkspace();
  const [{ add }, setView] = useAddressState(view);
  const query = useApi(api.listMembers, {});
  const [password, setPassword] = useState<{ of: Member; link: Link } | null>(null);
  const columns = useMemberColumns(setPassword);
  return (
    <Page
      title={t('pages.members')}
      headline={
        query.data &&
        t('members.headline', {
          count: query.data.length,
          people: format.number(query.data.length),
          workspace: workspace.name,
        })
      }
      actions={<ActionButton action={addMember} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(members) => (
          <DataTable
            id="members"
            label={t('pages.members')}
            columns={columns}
            rows={members}
            rowKey={(member) => member.id}
            toolbar={<RolesExplained />}
          />
        )}
      </Answer>
      <Invitations />
      <OneTimeLinkModal
        shown={
          password && {
            title: t('link.forPassword', { name: password.of.name }),
            text: t('link.forPasswordText', { name: password.of.name }),
            link: password.link,
          }
        }
        onDone={() => setPassword(null)}
      />
      <AddMember open={add} onClose={() => setView({ add: false })} />
    </Page>
  );
}

/** What each role may do, for who is about to give one. */
function RolesExplained() {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  return (
    <Why title={t('members.what')} label={t('members.what')}>
      <Facts of={ROLES.map((role) => ({ label: shell(`role.${role}`), value: t(`members.can.${role}`) }))} />
    </Why>
  );
}

function RoleChoice({ member }: { member: Member }) {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  const canWrite = useCan('settings.write');
  const change = useAction(api.changeMember, { refreshes: [api.listMembers, api.getSession] });
  if (!canWrite) return shell(`role.${member.role}`);
  return (
    <Select<Role>
      aria-label={t('members.roleOf', { name: member.name })}
      style={{ minWidth: 150 }}
      value={member.role}
      loading={change.running}
      options={ROLES.map((role) => ({ value: role, label: shell(`role.${role}`) }))}
      onChange={(role) => change.run({ params: { id: member.id }, body: { role } })}
    />
  );
}

/** Makes a link with which somebody who forgot their password sets a new one. */
function PasswordLink({ of, onMade }: { of: Member; onMade: (made: { of: Member; link: Link }) => void }) {
  const { t } = useTranslation('governance');
  const canWrite = useCan('settings.write');
  const make = useAction(api.makePasswordLink);
  if (!canWrite) return null;
  return (
    <Button
      size="small"
      type="text"
      loading={make.running}
      onClick={async () => {
        const link = await make.run({ params: { id: of.id } });
        if (link) onMade({ of, link });
      }}
    >
      {t('members.newPassword')}
    </Button>
  );
}

function useMemberColumns(onPasswordLink: (made: { of: Member; link: Link }) => void): Column<Member>[] {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  const { account } = useSession();
  const workspace = useWorkspace();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('members.name'),
        always: true,
        sortable: true,
        width: 240,
        value: (member) => member.name,
        cell: (member) => (
          <span className="qm-two-lines">
            <span>{member.id === account.id ? `${member.name} (${t('members.you')})` : member.name}</span>
            <small>{member.email}</small>
          </span>
        ),
      },
      { key: 'email', title: t('members.email'), hidden: true, width: 220, value: (member) => member.email },
      {
        key: 'role',
        title: t('members.role'),
        sortable: true,
        width: 190,
        value: (member) => shell(`role.${member.role}`),
        cell: (member) => <RoleChoice member={member} />,
      },
      {
        key: 'lastSeenAt',
        title: t('members.lastSeen'),
        sortable: true,
        value: (member) => member.lastSeenAt,
        cell: (member) =>
          member.lastSeenAt ? <DateText at={member.lastSeenAt} as="ago" /> : t('members.never'),
      },
      {
        key: 'createdAt',
        title: t('members.since'),
        sortable: true,
        value: (member) => member.createdAt,
        cell: (member) => <DateText at={member.createdAt} />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        width: 250,
        align: 'right',
        cell: (member) =>
          member.id !== account.id && (
            <>
              <PasswordLink of={member} onMade={onPasswordLink} />
              <ActionButton
                action={removeMember}
                subject={{ ...member, workspaceName: workspace.name }}
                size="small"
                type="text"
              />
            </>
          ),
      },
    ],
    [t, shell, account.id, workspace.name, onPasswordLink],
  );
}
