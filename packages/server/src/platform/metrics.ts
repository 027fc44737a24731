import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What an operator of the server watches, in Prometheus' form. */
export function openMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: 'qianmian_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    eventsAccepted: new Counter({
      name: 'qianmian_events_accepted_total',
      help: 'Events made durable',
      registers,
    }),
    eventsStored: new Counter({
      name: 'qianmian_events_stored_total',
      help: 'Events in the warehouse',
      registers,
    }),
    eventsQuarantined: new Counter({
      name: 'qianmian_events_quarantined_total',
      help: 'Events set aside',
      registers,
    }),
    eventsRefused: new Counter({
      name: 'qianmian_events_refused_total',
      help: 'Events turned away: over a quota, by overload, for want of disk, from a page that may not',
      labelNames: ['reason'],
      registers,
    }),
    diskFree: new Gauge({
      name: 'qianmian_journal_disk_free_bytes',
      help: 'Free on the disk of the journal',
      registers,
    }),
    journalLag: new Gauge({
      name: 'qianmian_journal_lag_bytes',
      help: 'Journal not yet in the warehouse',
      registers,
    }),
    jobs: new Counter({
      name: 'qianmian_jobs_total',
      help: 'Jobs ended',
      labelNames: ['kind', 'state'],
      registers,
    }),
    messages: new Counter({
      name: 'qianmian_messages_total',
      help: 'Messages by fate',
      labelNames: ['channel', 'state'],
      registers,
    }),
  };
}
export type Metrics = ReturnType<typeof openMetrics>;
