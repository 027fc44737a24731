import { type AnswerOf, api, ROLES, type Role } from '@qianmian/contract';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { FormField, useFieldFaults } from '../ui/index.ts';
import { OneTimeLink } from './one-time-link.tsx';

type Invited = AnswerOf<typeof api.addMember>;

interface Given {
  email: string;
  name: string;
  role: Role;
}

/** Invites a person, then shows their link, once. */
export function AddMember({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('governance');
  const [invited, setInvited] = useState<Invited | null>(null);
  const close = () => {
    setInvited(null);
    onClose();
  };
  return (
    <Drawer
      open={open}
      onClose={close}
      size={440}
      title={invited ? t('invitations.linkTitle', { name: invited.name }) : t('members.add')}
      // A stray click must not take away what is shown only once.
      mask={{ closable: invited === null }}
      keyboard={invited === null}
      destroyOnHidden
    >
      {invited ? (
        <OneTimeLink link={invited.link} text={inviteText(invited, t)} onDone={close} />
      ) : (
        <AddMemberForm onInvited={setInvited} />
      )}
    </Drawer>
  );
}

/** What the person will do with the link. */
export function inviteText(
  invited: Pick<Invited, 'name' | 'email' | 'hasAccount'>,
  t: ReturnType<typeof useTranslation<'governance'>>['t'],
): string {
  return invited.hasAccount ? t('invitations.linkKnown', invited) : t('invitations.linkNew', invited);
}

function AddMemberForm({ onInvited }: { onInvited: (invited: Invited) => void }) {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  const [form] = Form.useForm<Given>();
  const add = useAction(api.addMember, { refreshes: [api.listInvitations] });
  useFieldFaults(form, add.fields);
  const submit = async (body: Given) => {
    const invited = await add.run({ body });
    if (invited) onInvited(invited);
  };
  return (
    <Form<Given>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ role: 'operator' }}
      onFinish={submit}
    >
      <p className="qm-note">{t('members.addText')}</p>
      <FormField
        name="email"
        label={t('members.email')}
        validateTrigger="onBlur"
        rules={[{ required: true, type: 'email', message: t('signIn.emailBad') }]}
      >
        <Input autoFocus autoComplete="off" inputMode="email" />
      </FormField>
      <FormField
        name="name"
        label={t('members.name')}
        rules={[{ required: true, whitespace: true, message: t('workspace.nameMissing') }]}
      >
        <Input autoComplete="off" maxLength={80} />
      </FormField>
      <FormField name="role" label={t('members.role')}>
        <Select<Role>
          options={ROLES.map((role) => ({
            value: role,
            label: shell(`role.${role}`),
            title: t(`members.can.${role}`),
          }))}
        />
      </FormField>
      <Button type="primary" htmlType="submit" loading={add.running}>
        {t('members.addSubmit')}
      </Button>
    </Form>
  );
}
