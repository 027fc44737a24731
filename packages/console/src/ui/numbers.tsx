import { useFormat } from './use-format.ts';

const NONE = '–';

/** Money from minor units of the workspace's currency. */
export function Money({ cents, short }: { cents: number | null | undefined; short?: boolean }) {
  const format = useFormat();
  if (cents === null || cents === undefined) return NONE;
  return <span className="qm-num">{short ? format.moneyShort(cents) : format.money(cents)}</span>;
}

export function NumberText({ value, places = 0 }: { value: number | null | undefined; places?: number }) {
  const format = useFormat();
  return value === null || value === undefined ? (
    NONE
  ) : (
    <span className="qm-num">{format.number(value, places)}</span>
  );
}

/** A share such as 0.312 as `31.2%`. */
export function Percent({ share, places }: { share: number | null | undefined; places?: number }) {
  const format = useFormat();
  return share === null || share === undefined ? (
    NONE
  ) : (
    <span className="qm-num">{format.percent(share, places)}</span>
  );
}

/** A moment in the workspace's zone: exact on hover, and how long ago when asked. */
export function DateText({
  at,
  as = 'date',
}: {
  at: string | null | undefined;
  as?: 'date' | 'dateTime' | 'moment' | 'ago';
}) {
  const format = useFormat();
  if (!at) return NONE;
  return (
    <time className="qm-num" dateTime={at} title={`${format.dateTimeExact(at)} (${format.timeZone})`}>
      {format[as](at)}
    </time>
  );
}

/** An estimate with the interval it lies in. */
export function Interval({
  value,
  low,
  high,
  write,
}: {
  value: number;
  low: number;
  high: number;
  write: (value: number) => string;
}) {
  const format = useFormat();
  return (
    <span className="qm-num qm-interval">
      {write(value)} <span className="qm-interval-ends">{format.interval(low, high, write)}</span>
    </span>
  );
}
