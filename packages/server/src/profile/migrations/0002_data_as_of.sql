-- The moment to which days were counted, where it was not the computation's own: the last order of data that ended long ago.
alter table profile_refresh add column data_as_of timestamptz;
