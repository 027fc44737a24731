create table platform_job (
  id text primary key,
  workspace text not null,
  kind text not null,
  subject text not null,
  payload jsonb not null,
  -- At most one unfinished job per key.
  unique_key text,
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  progress double precision,
  note text not null default '',
  attempts integer not null default 0,
  max_attempts integer not null,
  error text,
  cancel_asked boolean not null default false,
  run_at timestamptz not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  worker text,
  lease_until timestamptz
);
create unique index platform_job_key on platform_job (unique_key) where state in ('queued', 'running');
create index platform_job_due on platform_job (run_at) where state = 'queued';
create index platform_job_list on platform_job (workspace, created_at desc, id desc);
