import type { SegmentPreview } from '@qianmian/contract';
import { Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { displayName } from '../profile/names.ts';
import { useTo } from '../shell/address.ts';
import { Money, useFormat } from '../ui/index.ts';

interface PreviewProps {
  query: { data: SegmentPreview | undefined; error: unknown; isFetching: boolean };
  /** Conditions that are not counted because they are not finished. */
  unfinished: number;
  /** An edit was made that is not counted yet. */
  isBehind: boolean;
}

/** Who the rule holds for at this moment; counted anew a moment after each edit. */
export function PreviewPanel({ query, unfinished, isBehind }: PreviewProps) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const { data } = query;
  const counting = query.isFetching || isBehind;
  return (
    <aside className="qm-preview" aria-label={t('preview.title')}>
      <h2>{t('preview.title')}</h2>
      {unfinished > 0 && (
        <p className="qm-preview-note">
          {t('preview.without', { count: unfinished, conditions: format.number(unfinished) })}
        </p>
      )}
      {query.error && !counting ? (
        <p className="qm-preview-note" role="alert">
          {t('preview.failed')}
        </p>
      ) : data ? (
        <Counted preview={data} counting={counting} />
      ) : (
        <Skeleton active title paragraph={{ rows: 6 }} />
      )}
      <p className="qm-note qm-small" aria-live="polite">
        {counting
          ? t('preview.counting')
          : data && t('preview.took', { took: format.duration(data.milliseconds) })}
      </p>
    </aside>
  );
}

function Counted({ preview, counting }: { preview: SegmentPreview; counting: boolean }) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const share = (part: number, whole: number) => (whole > 0 ? format.percent(part / whole) : '–');
  return (
    <div className={counting ? 'qm-preview-old' : undefined}>
      <p className="qm-preview-size">{format.number(preview.size)}</p>
      {preview.of > 0 && (
        <p className="qm-note">
          {t('preview.of', { share: share(preview.size, preview.of), all: format.number(preview.of) })}
        </p>
      )}
      <span className="qm-bar-track qm-preview-bar" aria-hidden="true">
        <span
          className="qm-bar-fill"
          style={{ width: `${preview.of > 0 ? (preview.size / preview.of) * 100 : 0}%` }}
        />
      </span>
      {preview.size === 0 ? (
        <p className="qm-note">{t('preview.nobody')}</p>
      ) : (
        <>
          <dl className="qm-preview-facts">
            <div>
              <dt>{t('preview.spend')}</dt>
              <dd>{format.moneyShort(preview.spendCents)}</dd>
              <dd className="qm-note">
                {t('preview.each', { average: format.moneyShort(preview.spendCents / preview.size) })}
              </dd>
            </div>
            <div>
              <dt>{t('preview.email')}</dt>
              <dd>{format.number(preview.withEmail)}</dd>
              <dd className="qm-note">{share(preview.withEmail, preview.size)}</dd>
            </div>
          </dl>
          <Sample preview={preview} />
        </>
      )}
    </div>
  );
}

function Sample({ preview }: { preview: SegmentPreview }) {
  const { t } = useTranslation('segment');
  const { t: words } = useTranslation('profile');
  const to = useTo();
  return (
    <>
      <h3>{t('preview.sample')}</h3>
      <ul className="qm-preview-sample">
        {preview.sample.slice(0, 6).map((row) => {
          const name = displayName(words, row);
          return (
            <li key={row.personId}>
              <span className="qm-two-lines">
                {/* A new tab: the rule that is being written stays. */}
                <a
                  href={to(`/customers/${row.personId}`)}
                  target="_blank"
                  rel="noreferrer"
                  title={t('preview.open', { name })}
                >
                  {name}
                </a>
                <small>{words(`stage.${row.lifecycle}`)}</small>
              </span>
              <Money cents={row.spendCents} short />
            </li>
          );
        })}
      </ul>
    </>
  );
}
