create table profile_tag (
  workspace text not null,
  name text not null,
  label text not null default '',
  description text not null default '',
  created_at timestamptz not null,
  primary key (workspace, name)
);

-- The last computation of a workspace's profiles and the days that part the life-cycle stages in it.
create table profile_refresh (
  workspace text primary key,
  computed_at timestamptz not null,
  people integer not null,
  milliseconds integer not null,
  active_days integer not null,
  cooling_days integer not null,
  sleeping_days integer not null
);
