-- Counts the changes of a draft: who changes or launches it says which one they saw.
alter table campaign_campaign add column revision integer not null default 1;
alter table campaign_campaign add column updated_by text not null default '';
update campaign_campaign set updated_by = created_by;
