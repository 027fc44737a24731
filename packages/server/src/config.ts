import { z } from 'zod';

const flag = z
  .enum(['0', '1', 'true', 'false', ''])
  .default('')
  .transform((v) => v === '1' || v === 'true');
const optional = <T extends z.ZodTypeAny>(t: T) =>
  z.preprocess((v) => (v === '' ? undefined : v), t.optional());
const number = (min: number, max: number, fallback: number) =>
  z.preprocess(
    (v) => (v === '' ? undefined : v),
    z.coerce.number().int().min(min).max(max).default(fallback),
  );

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((one) => one.trim() || []));

const urlOf = (...schemes: string[]) =>
  z.string().refine((v) => schemes.some((s) => v.startsWith(`${s}://`)) && URL.canParse(v), {
    message: `must be a URL beginning with ${schemes.map((s) => `${s}://`).join(' or ')}`,
  });

const environment = z.object({
  QM_DATA_DIR: z.string().min(1).default('./data'),
  QM_HOST: z.string().min(1).default('127.0.0.1'),
  QM_PORT: number(0, 65_535, 7700),
  QM_PUBLIC_URL: optional(urlOf('http', 'https')),
  QM_LEDGER_URL: optional(urlOf('postgres', 'postgresql')),
  QM_WAREHOUSE_URL: optional(urlOf('http', 'https')),
  QM_WAREHOUSE_CLUSTER: optional(
    z.string().regex(/^\w+$/, 'must be a cluster name of letters, digits and _'),
  ),
  QM_OWNER_EMAIL: optional(z.email()),
  QM_OWNER_PASSWORD: optional(z.string().min(10, 'must have at least 10 characters')),
  QM_MIN_FREE_MB: number(0, 10_000_000, 256),
  QM_SMTP_URL: optional(urlOf('smtp', 'smtps')),
  QM_MAIL_FROM: z.email().default('hello@qianmian.example'),
  /** Private hosts that sources of users may lie on: names, addresses, networks, `*`. */
  QM_PRIVATE_HOSTS: list,
  /** Below this folder sources may read files; unset: nowhere. */
  QM_PULL_FOLDER: optional(z.string().startsWith('/', 'must be an absolute path')),
  QM_LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  QM_DEMO: flag,
  QM_DEMO_PEOPLE: number(50, 1_000_000, 20_000),
});

/** What the process was told by its environment. */
export interface Config {
  dataDir: string;
  host: string;
  port: number;
  /** Where the outside reaches us; links in messages begin with it. */
  publicUrl: string | null;
  ledgerUrl: string | null;
  warehouseUrl: string | null;
  warehouseCluster: string | null;
  ownerEmail: string;
  ownerPassword: string | null;
  smtpUrl: string | null;
  mailFrom: string;
  /** Private hosts that may be called on behalf of users. */
  privateHosts: string[];
  /** The folder below which sources may read files; null: nowhere. */
  pullFolder: string | null;
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  demo: { people: number } | null;
  /** Bytes of the data folder's disk that are kept free: below them no events are taken in. */
  minFreeBytes: number;
  /** Threads Node has for files and for the embedded warehouse: its own setting, four unless it is told otherwise. */
  threads: number;
}

/** Reads the environment; throws one error that lists every fault. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const known = Object.fromEntries(Object.keys(environment.shape).map((k) => [k, env[k]]));
  const parsed = environment.safeParse(known);
  const unknown = Object.keys(env).filter((k) => k.startsWith('QM_') && !(k in environment.shape));
  const faults = [
    ...(parsed.error?.issues ?? []).map(
      (i) => `  ${i.path.join('.')}: ${i.message} (is "${env[String(i.path[0])] ?? ''}")`,
    ),
    ...unknown.map(
      (k) => `  ${k}: is no setting of Qianmian; known are ${Object.keys(environment.shape).join(', ')}`,
    ),
  ];
  if (faults.length > 0 || !parsed.success)
    throw new Error(`The environment has faults:\n${hideSecrets(faults).join('\n')}`);
  const e = parsed.data;
  return {
    dataDir: e.QM_DATA_DIR,
    host: e.QM_HOST,
    port: e.QM_PORT,
    publicUrl: e.QM_PUBLIC_URL?.replace(/\/$/, '') ?? null,
    ledgerUrl: e.QM_LEDGER_URL ?? null,
    warehouseUrl: e.QM_WAREHOUSE_URL ?? null,
    warehouseCluster: e.QM_WAREHOUSE_CLUSTER ?? null,
    ownerEmail: (e.QM_OWNER_EMAIL ?? 'owner@qianmian.example').toLowerCase(),
    ownerPassword: e.QM_OWNER_PASSWORD ?? null,
    smtpUrl: e.QM_SMTP_URL ?? null,
    mailFrom: e.QM_MAIL_FROM,
    privateHosts: e.QM_PRIVATE_HOSTS,
    pullFolder: e.QM_PULL_FOLDER ?? null,
    logLevel: e.QM_LOG_LEVEL,
    demo: e.QM_DEMO ? { people: e.QM_DEMO_PEOPLE } : null,
    minFreeBytes: e.QM_MIN_FREE_MB * 1024 * 1024,
    threads: Number(env.UV_THREADPOOL_SIZE) || 4,
  };
}

/** Passwords and URLs with passwords never reach the terminal. */
function hideSecrets(lines: string[]): string[] {
  return lines.map((l) => (/PASSWORD|_URL/.test(l) ? l.replace(/\(is ".*"\)/, '(value hidden)') : l));
}
