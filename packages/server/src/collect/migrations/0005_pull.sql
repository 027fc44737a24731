-- A source that is read on a schedule; its name, state, secret and last error stand in collect_source.
create table collect_pull (
  source text primary key references collect_source (id),
  workspace text not null,
  -- Stands before the keys of rows: the same table read by another source has the same.
  origin text not null,
  connection jsonb not null,
  target jsonb not null,
  mapping jsonb not null,
  currency text not null,
  time_zone text not null,
  -- Null: only when someone asks.
  every_minutes integer,
  -- How far a table was read: the last cursor value and key that are durable here; null: nothing yet.
  position jsonb,
  -- Rises when someone says where to begin: a run that began before must not move the position.
  epoch integer not null default 1,
  next_run_at timestamptz,
  -- Why the next run is made.
  next_trigger text not null default 'schedule',
  -- Runs that failed since the last that did not.
  failures integer not null default 0,
  last_error_code text,
  rows bigint not null default 0,
  created_by text not null
);
create index collect_pull_due on collect_pull (next_run_at);
create index collect_pull_workspace on collect_pull (workspace);
create table collect_pull_run (
  id text primary key,
  number bigint generated always as identity,
  source text not null references collect_pull (source),
  state text not null,
  trigger text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  rows bigint not null default 0,
  rejected bigint not null default 0,
  corrected bigint not null default 0,
  files integer not null default 0,
  error_code text,
  error text
);
create index collect_pull_run_source on collect_pull_run (source, number desc);
-- Files that were read, or are being read: the same path with another version is read anew.
create table collect_pull_file (
  source text not null references collect_pull (source),
  path text not null,
  version text not null,
  changed_at timestamptz not null,
  -- Rows that are durable here.
  rows_done bigint not null default 0,
  is_done boolean not null default false,
  -- Why it could not be read, where it could not.
  error text,
  primary key (source, path)
);
