create table collect_cleaning_version (
  workspace text not null,
  version integer not null,
  steps jsonb not null,
  -- Values put in for missing ones, by step and group, as they were learned when it was saved.
  learned jsonb not null,
  note text not null,
  saved_by text not null,
  saved_at timestamptz not null,
  primary key (workspace, version)
);
create table collect_cleaning_run (
  id text primary key,
  workspace text not null,
  version integer not null,
  job_id text,
  started_by text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  looked bigint not null,
  changed bigint not null,
  restored bigint not null
);
create index collect_cleaning_run_workspace on collect_cleaning_run (workspace, started_at desc);
create table collect_cleaning_look (
  workspace text not null,
  step text not null,
  found bigint not null,
  looked_at timestamptz not null,
  primary key (workspace, step)
);
create table collect_cleaning_finding (
  -- Names what was found: the same found again is the same row, and what was decided of it holds.
  id text primary key,
  workspace text not null,
  step text not null,
  kind text not null,
  code text not null,
  subject text not null,
  key text not null,
  line text not null,
  field text not null,
  -- As JSON.
  value text not null,
  reason jsonb not null,
  label text not null,
  person_id bigint,
  source text not null,
  at timestamptz,
  weight double precision not null,
  state text not null,
  decision text,
  decided_by text,
  decided_at timestamptz,
  -- What was put in, as JSON.
  corrected text
);
create index collect_cleaning_finding_queue on collect_cleaning_finding (workspace, state, weight desc, id);
create index collect_cleaning_finding_decision on collect_cleaning_finding (workspace, decision);
