import { api, ROLES, type Role } from '@qianmian/contract';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { FormField, useFieldFaults, useToast } from '../ui/index.ts';

interface Given {
  email: string;
  name: string;
  role: Role;
  password?: string;
}

/** Lets a person in; a first password is needed when they have no account here yet. */
export function AddMember({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('governance');
  return (
    <Drawer open={open} onClose={onClose} size={440} title={t('members.add')} destroyOnHidden>
      <AddMemberForm onDone={onClose} />
    </Drawer>
  );
}

function AddMemberForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  const toast = useToast();
  const [form] = Form.useForm<Given>();
  const add = useAction(api.addMember, { refreshes: [api.listMembers] });
  useFieldFaults(form, add.fields);
  const submit = async ({ password, ...given }: Given) => {
    const added = await add.run({ body: { ...given, password: password || undefined } });
    if (!added) return;
    toast.done(t('members.added', { name: added.name }));
    onDone();
  };
  return (
    <Form<Given>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ role: 'operator' }}
      onFinish={submit}
    >
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
      <FormField
        name="password"
        label={t('members.password')}
        hint={t('members.passwordHint')}
        rules={[{ min: 10, message: t('members.passwordShort') }]}
      >
        <Input.Password autoComplete="new-password" />
      </FormField>
      <Button type="primary" htmlType="submit" loading={add.running}>
        {t('members.addSubmit')}
      </Button>
    </Form>
  );
}
