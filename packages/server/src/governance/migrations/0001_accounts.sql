create table governance_account (
  id text primary key,
  email text not null unique,
  name text not null,
  password_hash text not null,
  created_at timestamptz not null
);
create table governance_session (
  token_hash text primary key,
  account_id text not null references governance_account (id) on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index governance_session_account on governance_session (account_id);
create table governance_workspace (
  id text primary key,
  name text not null,
  currency text not null,
  time_zone text not null,
  created_at timestamptz not null
);
create table governance_membership (
  workspace text not null references governance_workspace (id) on delete cascade,
  account_id text not null references governance_account (id) on delete cascade,
  role text not null,
  created_at timestamptz not null,
  primary key (workspace, account_id)
);
create table governance_api_key (
  id text primary key,
  workspace text not null references governance_workspace (id) on delete cascade,
  name text not null,
  role text not null,
  prefix text not null,
  secret_hash text not null unique,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index governance_api_key_workspace on governance_api_key (workspace);
create table governance_audit (
  id bigint generated always as identity primary key,
  workspace text not null,
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  detail jsonb not null
);
create index governance_audit_workspace on governance_audit (workspace, id desc);
