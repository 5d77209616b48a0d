-- Routing: what providers may be asked for at once, and which of them share a quota.

-- Providers of one group share the provider's limits: a cool-down of one is one of all.
ALTER TABLE provider ADD COLUMN quota_group TEXT NOT NULL DEFAULT '';
-- Requests under way at once, by this gateway; NULL: as many as serve --max-per-target allows.
ALTER TABLE provider ADD COLUMN max_concurrency INTEGER CHECK (max_concurrency > 0);
-- How often it is asked whether it is there, without a request; NULL: never.
ALTER TABLE provider ADD COLUMN probe_interval_seconds INTEGER CHECK (probe_interval_seconds > 0);
