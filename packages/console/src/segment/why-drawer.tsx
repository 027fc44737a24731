import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { api, type Segment } from '@qianmian/contract';
import { Drawer } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../shell/use-api.ts';
import { Answer, useFormat } from '../ui/index.ts';
import './segment.css';
import { useWriting } from './use-writing.ts';
import { type WhyLine, whyLines } from './why-lines.ts';

interface WhyDrawerProps {
  segmentId: string | undefined;
  personId: number;
  /** What the person is called. */
  name: string;
  onClose: () => void;
}

/** Why a person is in a segment or not: the rule with a mark at each part and the person's own values. */
export function WhyDrawer({ segmentId, personId, name, onClose }: WhyDrawerProps) {
  const { t } = useTranslation('segment');
  const list = useApi(api.listSegments, {}, { enabled: Boolean(segmentId) });
  const segment = list.data?.find((one) => one.id === segmentId);
  return (
    <Drawer
      open={Boolean(segmentId)}
      onClose={onClose}
      size={520}
      title={segment ? t('why.title', { segment: segment.name }) : t('pages.segment')}
    >
      {segmentId && (
        <Answer of={list} small>
          {(all) =>
            segment ? (
              <Why segment={segment} all={all} personId={personId} name={name} />
            ) : (
              <p className="qm-note">{t('builder.missing')}</p>
            )
          }
        </Answer>
      )}
    </Drawer>
  );
}

function Why({
  segment,
  all,
  personId,
  name,
}: {
  segment: Segment;
  all: readonly Segment[];
  personId: number;
  name: string;
}) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const writing = useWriting();
  const conditions = useMemo(() => new Map(all.map((one) => [one.id, one.condition])), [all]);
  const query = useApi(api.explainMember, { params: { id: segment.id, personId } });
  const names = { name, segment: segment.name };
  return (
    <Answer of={query} small>
      {({ member, why }) => (
        <>
          <p className="qm-why-verdict">{t(member ? 'why.member' : 'why.noMember', names)}</p>
          <ul className="qm-why-tree">
            <Line line={whyLines(segment.condition, why, writing, (id) => conditions.get(id))} />
          </ul>
          {segment.computedAt && (
            <p className="qm-note qm-small">{t('why.stale', { ago: format.ago(segment.computedAt) })}</p>
          )}
        </>
      )}
    </Answer>
  );
}

function Line({ line }: { line: WhyLine }) {
  const { t } = useTranslation('segment');
  return (
    <li>
      <div className="qm-why-line">
        {line.holds ? (
          <CheckCircleFilled className="qm-why-yes" aria-label={t('why.holds')} />
        ) : (
          <CloseCircleFilled className="qm-why-no" aria-label={t('why.fails')} />
        )}
        <span>
          {line.says}
          {line.own && <small>{t('why.own', { value: line.own })}</small>}
        </span>
      </div>
      {line.of.length > 0 && (
        <ul>
          {line.of.map((part, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a verdict stay in place
            <Line key={n} line={part} />
          ))}
        </ul>
      )}
    </li>
  );
}
