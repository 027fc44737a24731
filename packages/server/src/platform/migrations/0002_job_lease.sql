-- Rises with every claim and is never set back: who writes about a running job must name the lease it was given.
alter table platform_job add column lease integer not null default 0;
-- False from the moment a job failed or was cancelled until its owner has been told.
alter table platform_job add column owner_told boolean not null default true;
create index platform_job_running on platform_job (lease_until) where state = 'running';
create index platform_job_untold on platform_job (run_at) where not owner_told;
