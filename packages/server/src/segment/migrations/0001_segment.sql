create table segment_segment (
  workspace text not null,
  id text not null,
  name text not null,
  description text not null default '',
  condition jsonb not null,
  size integer,
  computed_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text not null,
  primary key (workspace, id)
);
create unique index segment_segment_name on segment_segment (workspace, lower(name));
