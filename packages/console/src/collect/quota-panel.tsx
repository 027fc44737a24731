import { api, type Quota, type QuotaState } from '@qianmian/contract';
import { Button, Form, InputNumber, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction, useApi } from '../shell/use-api.ts';
import { Answer, FormField, Loading, Panel, Stat, Stats, useFieldFaults, useFormat } from '../ui/index.ts';

const EVENTS = ['eventsPerSecond', 'burst', 'eventsPerDay', 'eventsPerMonth'] as const;
const MEGABYTE = 1_000_000;

/** What the workspace sent and may send, and what was turned away. */
export function QuotaPanel() {
  const { t } = useTranslation('collect');
  const query = useApi(api.getQuota, {}, { everyMs: 30_000 });
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      title={t('quota.title')}
      note={t('quota.note')}
      extra={query.data?.mayChange && <Button onClick={() => setOpen(true)}>{t('quota.change')}</Button>}
    >
      <Answer of={query} loading={<Loading kind="panel" />}>
        {(state) => (
          <>
            <Use state={state} />
            <Modal
              open={isOpen}
              onCancel={() => setOpen(false)}
              footer={null}
              destroyOnHidden
              title={t('quota.change')}
            >
              <Bounds quota={state.quota} onDone={() => setOpen(false)} />
            </Modal>
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Use({ state }: { state: QuotaState }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const { quota, days } = state;
  const of = (used: number, bound: number | null, unit = 1) =>
    bound === null
      ? format.number(used / unit)
      : t('quota.of', { used: format.number(used / unit), bound: format.number(bound / unit) });
  const today = days[0];
  const refused = days.reduce((sum, day) => sum + day.refusedEvents, 0);
  return (
    <Stats>
      <Stat label={t('quota.today')} value={of(today?.events ?? 0, quota.eventsPerDay)} />
      <Stat label={t('quota.month')} value={of(state.eventsThisMonth, quota.eventsPerMonth)} />
      <Stat
        label={t('quota.rate')}
        value={quota.eventsPerSecond === null ? t('quota.none') : format.number(quota.eventsPerSecond)}
      />
      <Stat
        label={t('quota.uploads')}
        value={of(today?.uploadBytes ?? 0, quota.uploadBytesPerDay, MEGABYTE)}
      />
      <Stat
        label={t('quota.refused')}
        value={format.number(today?.refusedEvents ?? 0)}
        hint={t('quota.refusedBefore', { events: format.number(refused) })}
      />
    </Stats>
  );
}

function Bounds({ quota, onDone }: { quota: Quota; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<Quota & { uploads: number | null }>();
  const save = useAction(api.setQuota, { refreshes: [api.getQuota], done: t('quota.saved'), onDone });
  useFieldFaults(form, save.fields);
  const { uploadBytesPerDay: bytes } = quota;
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ ...quota, uploads: bytes === null ? null : bytes / MEGABYTE }}
      onFinish={({ uploads, ...events }) =>
        save.run({
          body: {
            eventsPerSecond: events.eventsPerSecond ?? null,
            burst: events.burst ?? null,
            eventsPerDay: events.eventsPerDay ?? null,
            eventsPerMonth: events.eventsPerMonth ?? null,
            uploadBytesPerDay: uploads ? Math.round(uploads * MEGABYTE) : null,
          },
        })
      }
    >
      {EVENTS.map((name) => (
        <FormField key={name} name={name} label={t(`quota.field.${name}`)} hint={t(`quota.hint.${name}`)}>
          <InputNumber min={1} precision={0} className="qm-quota-number" placeholder={t('quota.none')} />
        </FormField>
      ))}
      <FormField name="uploads" label={t('quota.field.uploads')}>
        <InputNumber min={1} precision={0} className="qm-quota-number" placeholder={t('quota.none')} />
      </FormField>
      <Button type="primary" htmlType="submit" loading={save.running}>
        {t('source.save')}
      </Button>
    </Form>
  );
}
