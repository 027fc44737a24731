import { api, CLIENT_DEFAULTS, type ClientKey, type Source } from '@qianmian/contract';
import { Alert, Button, Checkbox, Form, Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { FormField, useFieldFaults } from '../ui/index.ts';

/** Settings of a key that anybody can read in a page: whose pages may use it, and what of it counts. */
export function ClientKeyFields() {
  const { t } = useTranslation('collect');
  return (
    <>
      <FormField name="origins" label={t('source.client.origins')} hint={t('source.client.originsHint')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',']} maxCount={50} />
      </FormField>
      <FormField name="orders" valuePropName="checked" hint={t('source.client.ordersHint')}>
        <Checkbox>{t('source.client.orders')}</Checkbox>
      </FormField>
      <FormField name="consent" valuePropName="checked" hint={t('source.client.consentHint')}>
        <Checkbox>{t('source.client.consent')}</Checkbox>
      </FormField>
    </>
  );
}

/** Where a key stands, and what follows from it. */
export function KeySettings({ source, onDone }: { source: Source; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<ClientKey & { kind: 'client' | 'server' }>();
  const save = useAction(api.updateSource, {
    refreshes: [api.getSource, api.listSources],
    done: t('source.client.saved'),
    onDone,
  });
  useFieldFaults(form, save.fields);
  const was = source.client ? 'client' : 'server';
  const kind = Form.useWatch('kind', form) ?? was;
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ kind: was, ...(source.client ?? CLIENT_DEFAULTS) }}
      onFinish={({ kind: chosen, ...client }) =>
        save.run({ params: { id: source.id }, body: { client: chosen === 'client' ? client : null } })
      }
    >
      <FormField name="kind" label={t('source.client.kind')} hint={t(`source.client.hint.${kind}`)}>
        <Radio.Group
          options={(['client', 'server'] as const).map((value) => ({
            value,
            label: t(`source.presets.${value}`),
          }))}
        />
      </FormField>
      {kind === 'client' && <ClientKeyFields />}
      {kind === 'server' && was === 'client' && (
        <Alert className="qm-collect-alert" type="warning" showIcon title={t('source.client.toServer')} />
      )}
      <Button type="primary" htmlType="submit" loading={save.running}>
        {t('source.save')}
      </Button>
    </Form>
  );
}
