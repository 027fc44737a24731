alter table collect_source
  add column kind text not null default 'tracker',
  add column paused_at timestamptz,
  -- Since when nothing that came could be used, and why the last did not.
  add column failing_since timestamptz,
  add column last_error text,
  add column last_error_at timestamptz,
  -- What was valid before a rotation, until when.
  add column former_key text unique,
  add column former_until timestamptz,
  -- Webhooks: how calls are checked, by which secret (sealed), and what becomes of them.
  add column hook_check jsonb,
  add column secret text,
  add column former_secret text,
  add column preset text,
  -- Null: the preset's own.
  add column mapping jsonb,
  add column mapping_version integer not null default 1;

create table collect_source_refused (
  source text not null references collect_source (id),
  day date not null,
  calls integer not null,
  primary key (source, day)
);
