import { api, type QualityAlert } from '@qianmian/contract';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { Anchor, Badge, useFormat } from '../ui/index.ts';
import './quality.css';

/** Alerts of quality as a list; each can be said to be seen to. */
export function AlertList({ alerts }: { alerts: readonly QualityAlert[] }) {
  const { t } = useTranslation('collect');
  const to = useTo();
  const format = useFormat();
  const mayChange = useCan('data.write');
  const acknowledge = useAction(api.acknowledgeQualityAlert, {
    refreshes: [api.listQualityAlerts, api.getQuality],
  });
  const number = (value: number) => format.number(value);
  return (
    <ul className="qm-alerts">
      {alerts.map((alert) => (
        <li key={alert.id}>
          <Badge tone={alert.endedAt ? 'quiet' : alert.acknowledgedAt ? 'warn' : 'bad'}>
            {t(alert.endedAt ? 'quality.ended' : 'quality.open')}
          </Badge>
          <Anchor href={to('/quality', { source: alert.source })}>
            {t(`quality.alert.${alert.kind}`, {
              source: alert.sourceName,
              score: alert.score === null ? '–' : number(alert.score),
              usual: number(alert.usual),
              day: format.day(alert.day),
              since: alert.since ? format.dateTime(alert.since) : '–',
            })}
          </Anchor>
          {alert.acknowledgedBy && alert.acknowledgedAt ? (
            <span className="qm-note">
              {t('quality.acknowledged', {
                by: alert.acknowledgedBy,
                at: format.dateTime(alert.acknowledgedAt),
              })}
            </span>
          ) : (
            mayChange && (
              <Button
                size="small"
                loading={acknowledge.running}
                onClick={() => acknowledge.run({ params: { id: alert.id } })}
              >
                {t('quality.acknowledge')}
              </Button>
            )
          )}
        </li>
      ))}
    </ul>
  );
}

/** Alerts nobody has seen to yet, for pages beside those of quality; nothing where there are none. */
export function QualityAlerts() {
  const { t } = useTranslation('collect');
  const may = useCan('data.read');
  const query = useApi(api.listQualityAlerts, {}, { enabled: may, staleMs: 60_000 });
  const open = (query.data ?? []).filter((one) => one.endedAt === null && one.acknowledgedAt === null);
  if (open.length === 0) return null;
  return (
    <section className="qm-panel qm-alerts-strip" aria-label={t('quality.alerts')}>
      <AlertList alerts={open} />
    </section>
  );
}
