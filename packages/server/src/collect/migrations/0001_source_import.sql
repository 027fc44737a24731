create table collect_source (
  id text primary key,
  workspace text not null,
  name text not null,
  write_key text not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index collect_source_workspace on collect_source (workspace, created_at);
create table collect_import (
  id text primary key,
  workspace text not null,
  state text not null,
  preset text,
  currency text not null,
  time_zone text not null,
  -- What each file was found to be, how it is read, and how far it was read.
  files jsonb not null,
  totals jsonb not null,
  error text,
  job_id text,
  created_by text not null,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index collect_import_workspace on collect_import (workspace, created_at desc);
create table collect_mapping (
  id text primary key,
  workspace text not null,
  name text not null,
  mapping jsonb not null,
  created_at timestamptz not null,
  unique (workspace, name)
);
