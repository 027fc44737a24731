import { api } from '@qianmian/contract';
import { useEffect, useState } from 'react';
import { useSession } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';

/** The time the server goes by, to the minute: in a demo the shop's own, which can be let run ahead. */
export function useNow(): number {
  const { demo } = useSession();
  const { data } = useApi(api.getDemo, {}, { enabled: demo, staleMs: 20_000 });
  const [clock, setClock] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setClock(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return demo && data ? Date.parse(data.now) : clock;
}
