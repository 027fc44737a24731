-- How a code was redeemed: 'order' by reading an order that came with it, 'call' by being asked to. What an order that is no
-- longer there redeemed is open again. Of earlier redemptions it is not known: they stay.
alter table promotion_code add column redeemed_by text;
-- How often the code was opened again: each redemption is an event of its own.
alter table promotion_code add column released integer not null default 0;
create index promotion_code_of_order on promotion_code (workspace, order_id) where redeemed_by = 'order';
