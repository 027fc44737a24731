-- Counts the changes of a segment: who changes it says which one they saw.
alter table segment_segment add column revision integer not null default 1;
alter table segment_segment add column updated_by text not null default '';
update segment_segment set updated_by = created_by;
