-- Decisions that one put in its place: they hold again when it is taken back.
alter table identity_decision add column replaces jsonb not null default '[]';
