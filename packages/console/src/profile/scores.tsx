import type { Customer } from '@qianmian/contract';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { Anchor, Bars, EmptyState, Panel, useFormat } from '../ui/index.ts';
import { recencyWords, shareWords } from './recency-words.ts';
import { Group, Stage } from './stage.tsx';

/** The three scores with the rank that made them. */
export function Scores({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const why = customer.rfmWhy;
  if (!why || customer.recencyScore === null)
    return (
      <Panel title={t('customer.scores')} extra={<Stage stage={customer.lifecycle} />}>
        <p className="qm-note">{t('customer.noScores')}</p>
      </Panel>
    );
  const share = (rank: number) => shareWords(rank, format);
  return (
    <Panel
      title={t('customer.scores')}
      note={t('customer.scoresNote', { customers: format.number(why.customers) })}
      extra={
        <span className="qm-standing">
          <Stage stage={customer.lifecycle} />
          {customer.rfmGroup && (
            <Anchor href={to('/customers', { rfmGroup: customer.rfmGroup })}>
              <Group group={customer.rfmGroup} />
            </Anchor>
          )}
        </span>
      }
    >
      {customer.dataEndedAt !== null && (
        <p className="qm-note qm-counted-to">
          {t('customer.countedTo', { end: format.date(customer.dataEndedAt) })}
        </p>
      )}
      <ul className="qm-scores">
        <Score
          name={t('customer.recency')}
          score={customer.recencyScore}
          why={recencyWords(customer, why, t, format)}
        />
        <Score
          name={t('customer.frequency')}
          score={customer.frequencyScore ?? 0}
          why={t('customer.frequencyWhy', {
            count: customer.orders,
            orders: format.number(customer.orders),
            share: share(why.frequencyRank),
          })}
        />
        <Score
          name={t('customer.money')}
          score={customer.monetaryScore ?? 0}
          why={t('customer.moneyWhy', {
            spend: format.money(customer.spendCents),
            share: share(why.monetaryRank),
          })}
        />
      </ul>
    </Panel>
  );
}

function Score({ name, score, why }: { name: string; score: number; why: string }) {
  const { t } = useTranslation('profile');
  return (
    <li>
      <span className="qm-score-name">{name}</span>
      <span className="qm-score-number">{score}</span>
      <span className="qm-score-dots" role="img" aria-label={t('customer.score', { score })}>
        {[1, 2, 3, 4, 5].map((n) => (
          <i key={n} className={n <= score ? 'qm-dot-on' : undefined} />
        ))}
      </span>
      <span className="qm-note">{why}</span>
    </li>
  );
}

/** What they buy most, as bars; each leads to everyone who bought it. */
export function Tastes({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const canSee = useCan('segment.read');
  const called = useCalled();
  return (
    <Panel title={t('customer.categories')}>
      {customer.favouriteCategories.length === 0 ? (
        <EmptyState small title={t(customer.orders > 0 ? 'customer.noneNamed' : 'customer.noCategories')} />
      ) : (
        <Bars
          of={customer.favouriteCategories.map(({ category, spendCents, orders }) => ({
            key: category,
            label: called('category', category),
            value: Math.max(0, spendCents),
            text: (
              <>
                {format.moneyShort(spendCents)}
                <small className="qm-note">
                  {t('customer.categoryOrders', { count: orders, orders: format.number(orders) })}
                </small>
              </>
            ),
            href: canSee ? segmentDraftAddress(to, buyersOf({ categories: [category] })) : undefined,
            hint: t('customer.categoryOpen', { category: called('category', category) }),
          }))}
        />
      )}
    </Panel>
  );
}
