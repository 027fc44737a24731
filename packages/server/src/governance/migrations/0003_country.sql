-- Where phone numbers without a country code are from; null where time zone and currency say it.
alter table governance_workspace add column country text;
