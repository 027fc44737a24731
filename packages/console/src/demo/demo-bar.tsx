import { api } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { Progress } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useCan, useWorkspaceId } from '../shell/session.tsx';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import { Anchor, useFormat, useToast } from '../ui/index.ts';
import { passDay, passWeek } from './actions.ts';

/** Pages on which one would look for where the data came from. */
const WAYS_IN = ['/sources', '/imports'];

/** The clock of the simulated shop, and the way to let its time pass. */
export function DemoBar() {
  const { t } = useTranslation('demo');
  const format = useFormat();
  const to = useTo();
  const workspace = useWorkspaceId();
  const mayRead = useCan('customer.reveal');
  const path = useLocation({ select: (location) => location.pathname });
  const [busyMs, setBusyMs] = useState<number | false>(false);
  const { data } = useApi(api.getDemo, {}, { everyMs: busyMs || 5000 });
  const busy = data?.busy ?? null;
  const isBusy = busy !== null;
  useEffect(() => setBusyMs(isBusy ? 1000 : false), [isBusy]);
  useFreshAfter(isBusy, data?.now);

  if (data?.workspace !== workspace) return null;
  return (
    <section className="qm-demo" aria-label={t('bar.label')}>
      <b>{t('bar.name')}</b>
      {busy ? (
        <>
          <span role="status">{t(`bar.${busy.what}`)}</span>
          <Progress
            size="small"
            percent={Math.round(busy.progress * 100)}
            aria-label={t(`bar.${busy.what}`)}
            strokeColor="var(--qm-warn)"
          />
        </>
      ) : (
        <span>{t('bar.now', { time: format.wallClock(data.now) })}</span>
      )}
      {!busy && WAYS_IN.some((way) => path.startsWith(to(way))) && (
        <span className="qm-demo-origin">{t('bar.origin')}</span>
      )}
      <span className="qm-demo-end">
        {mayRead && (
          <Anchor href={to('/mailbox')}>
            {t('bar.letters', { count: data.letters, letters: format.number(data.letters) })}
          </Anchor>
        )}
        <ActionButton action={passDay} subject={undefined} size="small" disabled={isBusy} />
        <ActionButton action={passWeek} subject={undefined} size="small" disabled={isBusy} />
      </span>
    </section>
  );
}

/** When the simulated time has passed, everything on screen is of yesterday: it is asked for again. */
function useFreshAfter(isBusy: boolean, now: string | undefined) {
  const { t } = useTranslation('demo');
  const client = useQueryClient();
  const toast = useToast();
  const format = useFormat();
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !isBusy && now) {
      void client.invalidateQueries();
      toast.done(t('done', { time: format.wallClock(now) }));
    }
    was.current = isBusy;
  }, [isBusy, now, client, toast, t, format]);
}
