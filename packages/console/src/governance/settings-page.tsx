import { api, type Membership } from '@qianmian/contract';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCan, useWorkspace } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { FormField, Page, Panel, useFieldFaults, useFormat } from '../ui/index.ts';
import { MoneyAndZone } from './money-and-zone.tsx';
import { currencyLabel } from './money-places.ts';

type Given = Pick<Membership, 'name' | 'currency' | 'timeZone' | 'country'>;

/** Name, currency, zone and country of the workspace. */
export default function SettingsPage() {
  const { t } = useTranslation('governance');
  const format = useFormat();
  const workspace = useWorkspace();
  const canWrite = useCan('settings.write');
  const settings = useApi(api.getWorkspace, {});
  const [form] = Form.useForm<Given>();
  const save = useAction(api.updateWorkspace, {
    refreshes: [api.getSession, api.getWorkspace, api.getOverview],
    done: t('workspace.saved'),
  });
  useFieldFaults(form, save.fields);
  return (
    <Page
      narrow
      title={t('pages.settings')}
      headline={t('workspace.headline', {
        name: workspace.name,
        currency: currencyLabel(workspace.currency, format.language),
        zone: workspace.timeZone,
      })}
      note={canWrite ? t('workspace.changeNote') : undefined}
    >
      {!canWrite && <Alert type="info" showIcon title={t('workspace.readOnly')} />}
      <Panel title={t('pages.settings')}>
        <Form<Given>
          form={form}
          layout="vertical"
          requiredMark={false}
          disabled={!canWrite}
          initialValues={workspace}
          // A country that follows from zone and currency goes on following them.
          onFinish={({ country, ...body }) =>
            save.run({
              body: country === workspace.country ? body : { ...body, country: country ?? null },
            })
          }
        >
          <FormField
            name="name"
            label={t('workspace.name')}
            rules={[{ required: true, whitespace: true, message: t('workspace.nameMissing') }]}
          >
            <Input maxLength={80} />
          </FormField>
          <MoneyAndZone disabled={!canWrite} isCurrencyFixed={settings.data?.isCurrencyFixed} />
          {canWrite && (
            <Button type="primary" htmlType="submit" loading={save.running}>
              {t('workspace.save')}
            </Button>
          )}
        </Form>
      </Panel>
    </Page>
  );
}
