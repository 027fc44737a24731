import { api, type Source } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { Alert, Button, Form, Input, Modal, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  CopyText,
  DateText,
  Facts,
  FormField,
  Loading,
  Page,
  Panel,
  Stat,
  Stats,
  useAddressState,
  useFieldFaults,
  useFormat,
} from '../ui/index.ts';
import { pauseSource, resumeSource, revokeSource } from './actions.ts';
import './collect.css';
import { KeySettings } from './client-key-fields.tsx';
import { knownQuarantine } from './reasons.ts';
import { SourceCheck } from './source-check.tsx';
import { SecretField, SecretOnce } from './source-create.tsx';
import { SourceDeliveries } from './source-deliveries.tsx';
import { SourceMapping } from './source-mapping.tsx';
import {
  countsOf,
  GIVES_SECRET,
  GRACES,
  hookAddress,
  partedError,
  REFUSALS,
  SOURCE_TONES,
  senderOf,
} from './source-words.ts';

const PAGE_ACTIONS = [pauseSource, resumeSource, revokeSource];
const view = z.object({ tab: z.enum(['mapping', 'deliveries']).default('deliveries') });

/** One source: how it fares, how it is reached, what its calls become. */
export default function SourcePage() {
  const { t } = useTranslation('collect');
  const { sourceId = '' } = useParams({ strict: false }) as { sourceId?: string };
  const to = useTo();
  const query = useApi(api.getSource, { params: { id: sourceId } }, { everyMs: 10_000 });
  const { data } = query;
  return (
    <Page
      title={data?.name ?? t('sources.name')}
      headline={data && <StateSentence source={data} />}
      note={data && <Badge tone={SOURCE_TONES[data.state]}>{t(`source.state.${data.state}`)}</Badge>}
      breadcrumbs={[{ label: t('pages.sources'), href: to('/sources') }]}
      actions={data && <SourceActions source={data} />}
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(source) => <Body source={source} />}
      </Answer>
    </Page>
  );
}

function StateSentence({ source }: { source: Source }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const since = source.stateSince ? format.dateTime(source.stateSince) : '';
  const { accepted, quarantined, refused } = source.today;
  return t(`source.sentence.${source.state}`, {
    since,
    accepted: format.number(accepted),
    aside: format.number(quarantined + refused),
  });
}

function SourceActions({ source }: { source: Source }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const [open, setOpen] = useState<'rename' | 'rotate' | 'key' | null>(null);
  usePageActions(PAGE_ACTIONS, source);
  return (
    <>
      <ActionButton action={pauseSource} subject={source} />
      <ActionButton action={resumeSource} subject={source} type="primary" />
      {canWrite && <Button onClick={() => setOpen('rename')}>{t('source.rename')}</Button>}
      {canWrite && !source.hook && <Button onClick={() => setOpen('key')}>{t('source.key')}</Button>}
      {canWrite && <Button onClick={() => setOpen('rotate')}>{t('source.rotate')}</Button>}
      <ActionButton action={revokeSource} subject={source} type="text" />
      <Modal
        open={open !== null}
        onCancel={() => setOpen(null)}
        footer={null}
        destroyOnHidden
        title={open && t(`source.${open}`)}
      >
        {open === 'rename' && <Rename source={source} onDone={() => setOpen(null)} />}
        {open === 'key' && <KeySettings source={source} onDone={() => setOpen(null)} />}
        {open === 'rotate' && <Rotate source={source} onDone={() => setOpen(null)} />}
      </Modal>
    </>
  );
}

function Rename({ source, onDone }: { source: Source; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<{ name: string }>();
  const save = useAction(api.updateSource, { refreshes: [api.getSource, api.listSources], onDone });
  useFieldFaults(form, save.fields);
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ name: source.name }}
      onFinish={(body) => save.run({ params: { id: source.id }, body })}
    >
      <FormField
        name="name"
        label={t('sources.name')}
        rules={[{ required: true, whitespace: true, message: t('sources.nameMissing') }]}
      >
        <Input autoFocus autoComplete="off" maxLength={80} />
      </FormField>
      <Button type="primary" htmlType="submit" loading={save.running}>
        {t('source.save')}
      </Button>
    </Form>
  );
}

/** A new key or secret; the old one is taken a while longer, so that nothing is lost on the way. */
function Rotate({ source, onDone }: { source: Source; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<{ graceHours: number; secret?: string }>();
  const [made, setMade] = useState<{ source: Source; secret: string } | null>(null);
  const rotate = useAction(api.rotateSource, {
    refreshes: [api.getSource, api.listSources],
    done: t('source.rotated'),
  });
  useFieldFaults(form, rotate.fields);
  const submit = async ({ graceHours, secret }: { graceHours: number; secret?: string }) => {
    const next = await rotate.run({
      params: { id: source.id },
      body: { graceHours, ...(secret ? { secret } : {}) },
    });
    if (next?.secret) setMade({ source: next, secret: next.secret });
    else if (next) onDone();
  };
  if (made) return <SecretOnce {...made} />;
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ graceHours: 24 }}
      onFinish={submit}
    >
      {source.hook && <SecretField isNeeded={GIVES_SECRET.some((one) => one === source.hook?.preset)} />}
      <FormField name="graceHours" label={t('source.grace')} hint={t('source.graceHint')}>
        <Select options={GRACES.map((value) => ({ value, label: t(`source.graces.${value}`) }))} />
      </FormField>
      <Button type="primary" htmlType="submit" loading={rotate.running}>
        {t('source.rotate')}
      </Button>
    </Form>
  );
}

function Body({ source }: { source: Source }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const [{ tab }, setView] = useAddressState(view);
  const { accepted, quarantined, refused } = source.today;
  return (
    <div className="qm-collect-stack">
      {source.state === 'failing' && source.lastError && (
        <Alert
          type="error"
          showIcon
          title={t('source.lastError', { at: source.lastErrorAt ? format.dateTime(source.lastErrorAt) : '' })}
          description={<ErrorWords error={source.lastError} />}
        />
      )}
      <Stats>
        <Stat label={t('source.accepted')} value={format.number(accepted)} />
        <Stat label={t('source.quarantined')} value={format.number(quarantined)} />
        {source.hook && <Stat label={t('source.refused')} value={format.number(refused)} />}
        <Stat label={t('source.inAll')} value={format.compact(source.events)} />
      </Stats>
      <Reached source={source} />
      {source.hook && (
        <Tabs
          activeKey={tab}
          onChange={(next) => setView({ tab: next as typeof tab }, { replace: true })}
          items={[
            {
              key: 'deliveries',
              label: t('source.deliveries'),
              children: <SourceDeliveries source={source} />,
            },
            {
              key: 'mapping',
              label: t('source.mapping'),
              children: <SourceMapping key={source.hook.mappingVersion} source={source} hook={source.hook} />,
            },
          ]}
        />
      )}
    </div>
  );
}

/** An error in our words where its code is known, with the server's own beneath. */
function ErrorWords({ error }: { error: string }) {
  const { t } = useTranslation('collect');
  const { code, detail } = partedError(error);
  const refusal = REFUSALS.find((one) => one === code);
  if (refusal) return t(`source.refusals.${refusal}`);
  const known = knownQuarantine(code);
  return (
    <>
      {known && <p>{t(`held.${known}.name`)}</p>}
      <p className="qm-wrap">{detail}</p>
    </>
  );
}

function Reached({ source }: { source: Source }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const [isChanging, setChanging] = useState(false);
  const { hook } = source;
  const isOwn = hook?.check.kind === 'hmac' || hook?.check.kind === 'token';
  return (
    <Panel
      title={t('source.reached')}
      note={
        hook
          ? t(`source.how.${hook.check.kind}`)
          : t(`source.client.hint.${source.client ? 'client' : 'server'}`)
      }
      extra={isOwn && canWrite && <Button onClick={() => setChanging(true)}>{t('check.change')}</Button>}
    >
      <Facts
        of={[
          hook
            ? {
                label: t('source.address'),
                value: <CopyText text={hookAddress(window.location.origin, hook, t('source.secretHere'))} />,
              }
            : { label: t('sources.key'), value: <CopyText text={source.writeKey} /> },
          { label: t('source.sender'), value: t(`source.presets.${senderOf(source)}`) },
          ...(source.client
            ? [
                {
                  label: t('source.client.origins'),
                  value: source.client.origins.join(', ') || t('source.client.anyOrigin'),
                },
                {
                  label: t('source.client.counts'),
                  value: t(`source.client.countsAre.${countsOf(source.client)}`),
                },
              ]
            : []),
          {
            label: t('sources.last'),
            value: source.lastEventAt ? (
              <DateText at={source.lastEventAt} as="dateTime" />
            ) : (
              t('sources.never')
            ),
          },
          ...(source.formerUntil
            ? [{ label: t('source.former'), value: <DateText at={source.formerUntil} as="dateTime" /> }]
            : []),
        ]}
      />
      <Modal
        open={isChanging}
        onCancel={() => setChanging(false)}
        footer={null}
        destroyOnHidden
        title={t('check.change')}
      >
        {hook && <SourceCheck source={source} check={hook.check} onDone={() => setChanging(false)} />}
      </Modal>
    </Panel>
  );
}
