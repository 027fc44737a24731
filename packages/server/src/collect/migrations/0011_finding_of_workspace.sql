-- The same finding in two workspaces is two findings.
alter table collect_cleaning_finding drop constraint collect_cleaning_finding_pkey, add primary key (workspace, id);
