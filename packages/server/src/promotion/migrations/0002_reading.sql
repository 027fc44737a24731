-- How far the order lines of a workspace were read for coupon codes, by the version the collector gave them.
create table promotion_reading (
  workspace text primary key,
  version bigint not null
);
-- Workspaces with codes that may still be used.
create index promotion_code_open on promotion_code (workspace) where redeemed_at is null;
