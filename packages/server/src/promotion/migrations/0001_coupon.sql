create table promotion_coupon (
  id text primary key,
  workspace text not null,
  name text not null,
  discount jsonb not null,
  minimum_cents bigint not null,
  prefix text not null,
  starts_at timestamptz,
  ends_at timestamptz,
  created_at timestamptz not null
);
create index promotion_coupon_workspace on promotion_coupon (workspace, created_at desc, id);
create table promotion_code (
  id bigint generated always as identity primary key,
  workspace text not null,
  code text not null,
  coupon_id text not null references promotion_coupon (id),
  person_id bigint,
  campaign_id text,
  issued_at timestamptz not null,
  redeemed_at timestamptz,
  order_id text,
  discount_cents bigint,
  -- Set once the redemption was recorded as an event.
  told_at timestamptz,
  unique (workspace, code)
);
-- A person has one code of a campaign, however often it is asked for.
create unique index promotion_code_person on promotion_code (campaign_id, coupon_id, person_id) where campaign_id is not null;
create index promotion_code_coupon on promotion_code (coupon_id, id desc);
create index promotion_code_untold on promotion_code (id) where redeemed_at is not null and told_at is null;
