create table campaign_campaign (
  id text primary key,
  workspace text not null,
  name text not null,
  goal text not null,
  segment_id text,
  segment_name text,
  coupon_id text,
  control_share double precision not null,
  measure_days integer not null,
  email jsonb not null,
  -- Addresses of the body by number, as they were when the campaign was launched: what tracking addresses lead to.
  links jsonb not null,
  state text not null check (state in ('draft', 'launching', 'sending', 'sent', 'stopped', 'failed')),
  error text,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  launched_at timestamptz,
  -- Set once every recipient is in the ledger: from then on the audience is not looked at again.
  audience_at timestamptz,
  finished_at timestamptz
);
create index campaign_campaign_workspace on campaign_campaign (workspace, created_at desc, id);
create table campaign_recipient (
  campaign_id text not null references campaign_campaign (id),
  person_id bigint not null,
  address text not null,
  name text not null,
  state text not null
    check (state in ('control', 'queued', 'sending', 'sent', 'failed', 'uncertain', 'stopped')),
  attempts integer not null default 0,
  not_before timestamptz,
  sent_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  -- The mail server refused the message for good.
  bounced_at timestamptz,
  -- Set once what became of the message was recorded as an event.
  told_at timestamptz,
  error text,
  primary key (campaign_id, person_id)
);
create index campaign_recipient_due on campaign_recipient (campaign_id, state, not_before, person_id);
create index campaign_recipient_untold on campaign_recipient (campaign_id)
  where told_at is null and (sent_at is not null or bounced_at is not null);
-- Who left by a link of ours, at once; the profile learns of it a moment later as an event.
create table campaign_refusal (
  workspace text not null,
  person_id bigint not null,
  address text not null,
  campaign_id text not null,
  at timestamptz not null,
  told_at timestamptz,
  primary key (workspace, person_id)
);
create index campaign_refusal_address on campaign_refusal (workspace, address);
