import { api, CLIENT_DEFAULTS, type ClientKey, HOOK_PRESETS, type HookPresetName } from '@qianmian/contract';
import { Alert, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGo } from '../shell/address.ts';
import { useAction } from '../shell/use-api.ts';
import { CopyText, Facts, FormField, useFieldFaults } from '../ui/index.ts';
import type { Source } from './actions.ts';
import { ClientKeyFields } from './client-key-fields.tsx';
import { GIVES_SECRET, hookAddress } from './source-words.ts';

interface Draft {
  name: string;
  sender: 'client' | 'server' | HookPresetName;
  secret?: string;
}

/** A new source: a tracker with a key, or a service that calls us. */
export function CreateSource({ onMade }: { onMade: (source: Source) => void }) {
  const { t } = useTranslation('collect');
  const go = useGo();
  const [form] = Form.useForm<Draft>();
  const [made, setMade] = useState<{ source: Source; secret: string } | null>(null);
  const create = useAction(api.createSource, { refreshes: [api.listSources], done: t('sources.created') });
  useFieldFaults(form, create.fields);
  const sender = Form.useWatch('sender', form) ?? 'client';
  const isKey = sender === 'client' || sender === 'server';
  const submit = async ({ name, sender: from, secret, ...client }: Draft & Partial<ClientKey>) => {
    const source = await create.run({
      body:
        from === 'client'
          ? { name, client: { ...CLIENT_DEFAULTS, ...client } }
          : from === 'server'
            ? { name }
            : { name, kind: 'webhook', preset: from, ...(secret ? { secret } : {}) },
    });
    if (!source) return;
    if (source.secret !== null) setMade({ source, secret: source.secret });
    else if (source.kind === 'webhook') go(`/sources/${source.id}`);
    else onMade(source);
  };
  if (made)
    return (
      <>
        <SecretOnce source={made.source} secret={made.secret} />
        <Button type="primary" onClick={() => go(`/sources/${made.source.id}`)}>
          {t('source.open')}
        </Button>
      </>
    );
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      initialValues={{ sender: 'client', ...CLIENT_DEFAULTS }}
    >
      <FormField
        name="name"
        label={t('sources.name')}
        hint={t('sources.nameHint')}
        rules={[{ required: true, whitespace: true, message: t('sources.nameMissing') }]}
      >
        <Input autoFocus autoComplete="off" maxLength={80} />
      </FormField>
      <FormField
        name="sender"
        label={t('source.sender')}
        hint={t(isKey ? `source.client.hint.${sender}` : 'source.senderHint')}
      >
        <Select
          options={(['client', 'server', ...HOOK_PRESETS] as const).map((value) => ({
            value,
            label: t(`source.presets.${value}`),
          }))}
        />
      </FormField>
      {sender === 'client' && <ClientKeyFields />}
      {!isKey && <SecretField isNeeded={GIVES_SECRET.some((one) => one === sender)} />}
      <Button type="primary" htmlType="submit" loading={create.running}>
        {t('sources.submit')}
      </Button>
    </Form>
  );
}

/** The sender's own secret, or nothing: then one is made. */
export function SecretField({ isNeeded }: { isNeeded: boolean }) {
  const { t } = useTranslation('collect');
  return (
    <FormField
      name="secret"
      label={t('source.secret')}
      hint={t(isNeeded ? 'source.secretTheirs' : 'source.secretOurs')}
      rules={[{ required: isNeeded, message: t('source.secretMissing') }]}
    >
      <Input.Password autoComplete="off" maxLength={2000} />
    </FormField>
  );
}

/** A secret that was made, shown this once. */
export function SecretOnce({ source, secret }: { source: Source; secret: string }) {
  const { t } = useTranslation('collect');
  return (
    <div className="qm-collect-stack">
      <Alert type="warning" showIcon title={t('source.once')} />
      <Facts
        of={[
          ...(source.hook
            ? [
                {
                  label: t('source.address'),
                  value: <CopyText text={hookAddress(window.location.origin, source.hook, secret)} />,
                },
              ]
            : []),
          { label: t('source.secret'), value: <CopyText text={secret} /> },
        ]}
      />
    </div>
  );
}
