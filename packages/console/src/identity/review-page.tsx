import { CheckCircleOutlined } from '@ant-design/icons';
import { api, type Duplicate, type DuplicateSide } from '@qianmian/contract';
import { Button } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton } from '../shell/use-actions.tsx';
import { useAction, useApi, useApiPages } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  Badge,
  DateText,
  EmptyState,
  Loading,
  Money,
  Page,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { searchDuplicates } from './actions.ts';
import { KEYS, strengthOf, type Verdict } from './review-words.ts';
import './identity.css';

/** Pairs of customers who are probably one, side by side, one after the other: same, different or later. */
export default function ReviewPage() {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const to = useTo();
  const state = useApi(api.getIdentityState, {}, { everyMs: 10_000 });
  const list = useApiPages(api.listDuplicates, { query: { limit: 20 } }, { keep: true });
  const skipped = state.data?.skippedBlocks ?? 0;
  return (
    <Page
      title={t('pages.review')}
      headline={
        list.total ? t('review.headline', { count: list.total, pairs: format.number(list.total) }) : undefined
      }
      note={
        state.data?.searchedAt
          ? t('review.note', { date: format.date(state.data.searchedAt) }) +
            (skipped > 0 ? t('review.skipped', { count: skipped, blocks: format.number(skipped) }) : '')
          : undefined
      }
      breadcrumbs={[{ label: t('pages.identity'), href: to('/identity') }]}
      actions={<ActionButton action={searchDuplicates} subject={undefined} />}
    >
      <Answer of={list} loading={<Loading kind="page" />}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState
              icon={<CheckCircleOutlined />}
              title={t('review.empty')}
              text={t('review.emptyText')}
              action={<ActionButton action={searchDuplicates} subject={undefined} type="primary" />}
            />
          ) : (
            <Pair key={rows[0]!.id} of={rows[0]!} />
          )
        }
      </Answer>
    </Page>
  );
}

function Pair({ of }: { of: Duplicate }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const toast = useToast();
  const mayDecide = useCan('customer.write');
  const [chosen, setChosen] = useState<Verdict | null>(null);
  const { run, running: isRunning } = useAction(api.decideDuplicate, {
    refreshes: [api.listDuplicates, api.getIdentityState, api.listDecisions, api.getCustomer],
  });
  const decide = useCallback(
    async (verdict: Verdict) => {
      if (!mayDecide || isRunning) return;
      setChosen(verdict);
      const done = await run({ params: { id: of.id }, body: { verdict } });
      setChosen(null);
      if (done) toast.note(t(`review.done.${verdict}`));
    },
    [mayDecide, isRunning, run, of.id, toast, t],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement | null;
      if (event.ctrlKey || event.metaKey || event.altKey || at?.closest('input, textarea, [role="dialog"]'))
        return;
      const verdict = KEYS[event.key.toLowerCase()];
      if (!verdict) return;
      event.preventDefault();
      void decide(verdict);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [decide]);
  return (
    <>
      <section className="qm-panel qm-review-why" aria-label={t('review.why')}>
        <strong>{t('review.chance', { chance: format.percent(Math.min(of.score, 0.999)) })}</strong>
        <ul>
          {of.reasons.map(({ reason, weight }) => (
            <li key={reason}>
              <Badge tone={reason === 'heard' ? 'warn' : weight > 0 ? 'good' : 'bad'}>
                {t(`reason.${reason}`)}
              </Badge>
              {reason !== 'heard' && <small className="qm-note">{t(`strength.${strengthOf(weight)}`)}</small>}
            </li>
          ))}
        </ul>
      </section>
      <div className="qm-review-sides">
        <Side of={of.a} beside={of.b} />
        <Side of={of.b} beside={of.a} />
      </div>
      {mayDecide && (
        <div className="qm-identity-bar">
          {(['same', 'different', 'later'] as const).map((verdict) => (
            <Button
              key={verdict}
              type={verdict === 'same' ? 'primary' : verdict === 'later' ? 'text' : 'default'}
              loading={chosen === verdict}
              disabled={isRunning}
              aria-keyshortcuts={t(`review.key.${verdict}`)}
              onClick={() => void decide(verdict)}
            >
              {t(`review.${verdict}`)} <kbd className="qm-key">{t(`review.key.${verdict}`)}</kbd>
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

const COMPARED = ['name', 'phone', 'email', 'birthday', 'gender', 'city', 'address'] as const;

function Side({ of, beside }: { of: DuplicateSide; beside: DuplicateSide }) {
  const { t } = useTranslation('identity');
  const { t: p } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  return (
    <section className="qm-panel qm-review-side">
      <header className="qm-panel-head">
        <h2>
          <Anchor href={to(`/customers/${of.personId}`)}>{of.name || t('review.unnamed')}</Anchor>
        </h2>
      </header>
      <dl className="qm-review-facts">
        {COMPARED.filter((key) => of[key] || beside[key]).map((key) => (
          <div key={key} className={of[key] && of[key] === beside[key] ? 'qm-review-alike' : ''}>
            <dt>{t(`side.${key}`)}</dt>
            <dd className="qm-wrap">
              {key === 'gender' && (of.gender === 'male' || of.gender === 'female')
                ? t(`gender.${of.gender}`)
                : of[key] || '–'}
            </dd>
          </div>
        ))}
        <div>
          <dt>{p('customer.orders')}</dt>
          <dd>{format.number(of.orders)}</dd>
        </div>
        <div>
          <dt>{p('customer.spend')}</dt>
          <dd>
            <Money cents={of.spendCents} />
          </dd>
        </div>
        <div>
          <dt>{t('side.lastSeen')}</dt>
          <dd>{of.lastSeenAt ? <DateText at={of.lastSeenAt} /> : '–'}</dd>
        </div>
      </dl>
    </section>
  );
}
