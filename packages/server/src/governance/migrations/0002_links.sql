-- The account the server was set up with: it may make workspaces before it owns one.
alter table governance_account add column founder boolean not null default false;
update governance_account set founder = true
  where id = (select id from governance_account order by created_at, id limit 1);

-- Who was asked into a workspace; the account is made, or proven, when the link is used.
create table governance_invitation (
  id text primary key,
  workspace text not null references governance_workspace (id) on delete cascade,
  email text not null,
  name text not null,
  role text not null,
  token_hash text not null unique,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  unique (workspace, email)
);

-- At most one link to a new password per account: a newer one takes its place.
create table governance_password_link (
  account_id text primary key references governance_account (id) on delete cascade,
  token_hash text not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
