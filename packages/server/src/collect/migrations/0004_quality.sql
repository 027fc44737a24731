create table collect_plan_version (
  workspace text not null,
  version integer not null,
  plan jsonb not null,
  note text not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (workspace, version)
);
create table collect_plan_active (
  workspace text primary key,
  version integer not null
);
create table collect_plan_rules (
  workspace text not null,
  source text not null,
  -- What is done about each way of differing from the plan.
  rules jsonb not null,
  primary key (workspace, source)
);
create table collect_quality_count (
  workspace text not null,
  source text not null,
  -- Day of arrival in the workspace's zone.
  day text not null,
  reason text not null,
  n bigint not null,
  primary key (workspace, source, day, reason)
);
create index collect_quality_count_day on collect_quality_count (workspace, day);
create table collect_quality_hour (
  workspace text not null,
  source text not null,
  hour timestamptz not null,
  n bigint not null,
  primary key (workspace, source, hour)
);
-- How far each journal is counted; moves in one transaction with the counts.
create table collect_quality_position (
  journal text primary key,
  counted_to bigint not null
);
create table collect_quality_alert (
  id text primary key,
  workspace text not null,
  source text not null,
  kind text not null,
  day text not null,
  score double precision,
  usual double precision not null,
  since timestamptz,
  opened_at timestamptz not null,
  ended_at timestamptz,
  acknowledged_by text,
  acknowledged_at timestamptz,
  unique (workspace, source, kind, day)
);
