-- How many recipients of a campaign that ended are in each state, once that no longer changes: not counted again.
alter table campaign_campaign add column counts jsonb;
