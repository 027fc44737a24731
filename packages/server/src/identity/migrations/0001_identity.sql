-- How identifiers join people, where it is not as by default; what was asked for last is `wanted` until it is applied.
create table identity_rules (
  workspace text primary key,
  rules jsonb,
  wanted jsonb,
  changed_at timestamptz not null
);

-- What people decided about who is who, by the numbers of two identifiers. One word a pair, the last.
create table identity_decision (
  id text primary key,
  workspace text not null,
  verdict text not null check (verdict in ('same', 'different')),
  a bigint not null,
  b bigint not null,
  decided_at timestamptz not null,
  decided_by text not null,
  unique (workspace, a, b)
);

-- Pairs of people who are probably one, by an identifier of each.
create table identity_duplicate (
  id text primary key,
  workspace text not null,
  a bigint not null,
  b bigint not null,
  score double precision not null,
  reasons jsonb not null,
  put_off_at timestamptz,
  found_at timestamptz not null,
  unique (workspace, a, b)
);
create index identity_duplicate_open on identity_duplicate (workspace, put_off_at, score desc);

-- When merges were last written into the stored facts, and duplicates last looked for.
create table identity_run (
  workspace text primary key,
  folded_at timestamptz,
  searched_at timestamptz,
  skipped_blocks integer not null default 0
);
