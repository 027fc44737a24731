-- Pairs that rest on what only pages said, which anybody can say: they come after the others.
alter table identity_duplicate add column is_heard boolean not null default false;
