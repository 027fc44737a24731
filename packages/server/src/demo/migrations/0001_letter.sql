create table demo_letter (
  id text primary key,
  received_at timestamptz not null,
  sender text not null,
  recipient text not null,
  subject text not null,
  raw text not null,
  -- Whether the simulated person has found it in the mailbox.
  delivered boolean not null default false
);
create index demo_letter_list on demo_letter (received_at desc, id);
create index demo_letter_new on demo_letter (received_at) where not delivered;
