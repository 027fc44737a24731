import { ApiOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { Modal, Select, Tabs } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useTo } from '../shell/address.ts';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  Badge,
  type Column,
  CopyText,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  Panel,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { createSource, type Source } from './actions.ts';
import './collect.css';
import { createPull } from './pull-actions.ts';
import { SNIPPET_KINDS, snippet } from './snippets.ts';
import { CreateSource } from './source-create.tsx';
import { SOURCE_TONES, senderOf } from './source-words.ts';

const view = z.object({
  create: z.stringbool().default(false),
  source: z.string().optional(),
  with: z.enum(SNIPPET_KINDS).default('site'),
});

/** Where events come from, each with its key, and how to send the first one. */
export default function SourcesPage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const [{ create }, setView] = useAddressState(view);
  const query = useApi(api.listSources, {}, { everyMs: 15_000 });
  const columns = useSourceColumns();
  const to = useTo();
  const { data } = query;
  const events = data?.reduce((sum, source) => sum + source.events, 0) ?? 0;
  return (
    <Page
      title={t('pages.sources')}
      headline={
        data && data.length > 0
          ? events > 0
            ? t('sources.headline', {
                count: data.length,
                sources: format.number(data.length),
                events: format.compact(events),
              })
            : t('sources.headlineNone', { count: data.length, sources: format.number(data.length) })
          : undefined
      }
      note={t('sources.note')}
      actions={
        <>
          <ActionButton action={createPull} subject={undefined} />
          <ActionButton action={createSource} subject={undefined} type="primary" />
        </>
      }
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(sources) => (
          <>
            <DataTable
              id="sources"
              label={t('pages.sources')}
              columns={columns}
              rows={sources}
              rowKey={(source) => source.id}
              rowHref={(source) =>
                to(source.kind === 'pull' ? `/pulls/${source.id}` : `/sources/${source.id}`)
              }
              empty={
                <EmptyState
                  icon={<ApiOutlined />}
                  title={t('sources.empty')}
                  text={t('sources.emptyText')}
                  action={<ActionButton action={createSource} subject={undefined} />}
                />
              }
            />
            <HowToSend sources={sources.filter((one) => one.kind === 'tracker')} />
          </>
        )}
      </Answer>
      <Modal
        open={create}
        onCancel={() => setView({ create: false })}
        footer={null}
        title={t('actions.createSource')}
        destroyOnHidden
      >
        <CreateSource onMade={(made) => setView({ create: false, source: made.id })} />
      </Modal>
    </Page>
  );
}

/** Code that works when pasted: address and key are filled in. */
function HowToSend({ sources }: { sources: readonly Source[] }) {
  const { t } = useTranslation('collect');
  const to = useTo();
  const [{ source: chosen, with: kind }, setView] = useAddressState(view);
  const source = sources.find((one) => one.id === chosen) ?? sources[0];
  if (!source) return null;
  const code = (of: (typeof SNIPPET_KINDS)[number]) => snippet(of, window.location.origin, source.writeKey);
  return (
    <Panel
      title={t('send.title')}
      note={t('send.note')}
      extra={
        sources.length > 1 && (
          <Select
            aria-label={t('send.source')}
            value={source.id}
            popupMatchSelectWidth={false}
            onChange={(next: string) => setView({ source: next }, { replace: true })}
            options={sources.map((one) => ({ value: one.id, label: one.name }))}
          />
        )
      }
    >
      <Tabs
        activeKey={kind}
        onChange={(next) => setView({ with: next as typeof kind }, { replace: true })}
        items={SNIPPET_KINDS.map((of) => ({
          key: of,
          label: t(`send.${of}`),
          children: (
            <>
              <p className="qm-note">{t(`send.how.${of}`)}</p>
              <Snippet code={code(of)} label={t(`send.${of}`)} />
            </>
          ),
        }))}
      />
      <p className="qm-note">
        {t('send.soon')} <Anchor href={to('/events')}>{t('send.live')}</Anchor>
      </p>
    </Panel>
  );
}

function Snippet({ code, label }: { code: string; label: string }) {
  const { t } = useTranslation('collect');
  return (
    <div className="qm-snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label={label} tabIndex={0}>
        <pre className="qm-code">{code}</pre>
      </section>
      <span className="qm-snippet-copy">
        <CopyText text={code} label={t('send.copy', { what: label })} />
      </span>
    </div>
  );
}

function useSourceColumns(): Column<Source>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('sources.name'),
        value: (one) => one.name,
        always: true,
        sortable: true,
        width: 204,
      },
      {
        key: 'state',
        title: t('source.stateTitle'),
        value: (one) => t(`source.state.${one.state}`),
        cell: (one) => <Badge tone={SOURCE_TONES[one.state]}>{t(`source.state.${one.state}`)}</Badge>,
        width: 120,
      },
      {
        key: 'sender',
        title: t('source.sender'),
        value: (one) => t(`source.presets.${senderOf(one)}`),
        width: 180,
      },
      {
        key: 'today',
        title: t('source.today'),
        value: (one) => one.today.accepted,
        cell: (one) => format.number(one.today.accepted),
        align: 'right',
        width: 100,
      },
      {
        key: 'aside',
        title: t('source.aside'),
        value: (one) => one.today.quarantined + one.today.refused,
        cell: (one) => format.number(one.today.quarantined + one.today.refused),
        align: 'right',
        width: 130,
      },
      {
        key: 'events',
        title: t('sources.events'),
        value: (one) => one.events,
        cell: (one) => format.number(one.events),
        align: 'right',
        sortable: true,
        width: 120,
      },
      {
        key: 'last',
        title: t('sources.last'),
        value: (one) => one.lastEventAt,
        cell: (one) =>
          one.lastEventAt ? <DateText at={one.lastEventAt} as="dateTime" /> : t('sources.never'),
        sortable: true,
        width: 204,
      },
    ],
    [t, format],
  );
}
