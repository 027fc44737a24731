alter table collect_source
  -- Of a key that stands in pages and apps: what of it counts, and which pages may use it. Null: a server's own key.
  add column client jsonb;
create table collect_quota (
  workspace text primary key,
  events_per_second integer,
  burst integer,
  events_per_day bigint,
  events_per_month bigint,
  upload_bytes_per_day bigint,
  set_by text not null,
  set_at timestamptz not null
);
create table collect_quota_use (
  workspace text not null,
  -- In the workspace's zone.
  day date not null,
  events bigint not null,
  upload_bytes bigint not null,
  -- Requests that were turned away, and what they held as far as it was counted.
  refused_requests bigint not null,
  refused_events bigint not null,
  primary key (workspace, day)
);
