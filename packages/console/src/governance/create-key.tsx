import { api, ROLES, type Role } from '@qianmian/contract';
import { Alert, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { CopyText, FormField, useFieldFaults } from '../ui/index.ts';

type KeyRole = Exclude<Role, 'owner'>;
const KEY_ROLES = ROLES.filter((role): role is KeyRole => role !== 'owner');

interface Given {
  name: string;
  role: KeyRole;
}

/** Asks who uses the key and what they may do, then shows the secret, once. */
export function CreateKey({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('governance');
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setSecret(null);
    onClose();
  };
  return (
    <Modal
      open={open}
      onCancel={close}
      // A stray click must not take away what is shown only once.
      mask={{ closable: secret === null }}
      keyboard={secret === null}
      footer={null}
      title={secret ? t('keys.secretTitle') : t('keys.create')}
      destroyOnHidden
    >
      {secret ? <Secret secret={secret} onDone={close} /> : <CreateKeyForm onMade={setSecret} />}
    </Modal>
  );
}

function CreateKeyForm({ onMade }: { onMade: (secret: string) => void }) {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  const [form] = Form.useForm<Given>();
  const create = useAction(api.createApiKey, { refreshes: [api.listApiKeys] });
  useFieldFaults(form, create.fields);
  const submit = async (body: Given) => {
    const made = await create.run({ body });
    if (made) onMade(made.secret);
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
        name="name"
        label={t('keys.name')}
        hint={t('keys.nameHint')}
        rules={[{ required: true, whitespace: true, message: t('keys.nameMissing') }]}
      >
        <Input autoFocus autoComplete="off" maxLength={80} />
      </FormField>
      <FormField name="role" label={t('keys.role')}>
        <Select<KeyRole>
          options={KEY_ROLES.map((role) => ({
            value: role,
            label: `${shell(`role.${role}`)} · ${t(`members.can.${role}`)}`,
          }))}
        />
      </FormField>
      <Button type="primary" htmlType="submit" loading={create.running}>
        {t('keys.createSubmit')}
      </Button>
    </Form>
  );
}

function Secret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation('governance');
  return (
    <div className="qm-grid">
      <Alert type="warning" showIcon title={t('keys.secretText')} />
      <CopyText text={secret} />
      <div>
        <p className="qm-note">{t('keys.secretUse')}</p>
        <pre className="qm-code">Authorization: Bearer {secret}</pre>
      </div>
      <Button type="primary" onClick={onDone}>
        {t('keys.secretDone')}
      </Button>
    </div>
  );
}
