-- What runs by itself again and again; people look for it only when it failed.
alter table platform_job add column background boolean not null default false;
update platform_job set background = true where kind in ('profile.refresh', 'segment.refresh', 'promotion.read');
create index platform_job_seen on platform_job (workspace, created_at desc, id desc)
  where not background or state = 'failed';
-- What ended is deleted some time later.
create index platform_job_ended on platform_job (finished_at) where state in ('done', 'failed', 'cancelled');
