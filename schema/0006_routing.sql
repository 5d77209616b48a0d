-- Routing: what providers may be asked for at once, which of them share a quota, and what routing
-- configs say beside their policy.

-- Providers of one group share the provider's limits: a cool-down of one is one of all.
ALTER TABLE provider ADD COLUMN quota_group TEXT NOT NULL DEFAULT '';
-- Requests under way at once, by this gateway; NULL: as many as serve --max-per-target allows.
ALTER TABLE provider ADD COLUMN max_concurrency INTEGER CHECK (max_concurrency > 0);
-- How often it is asked whether it is there, without a request; NULL: never.
ALTER TABLE provider ADD COLUMN probe_interval_seconds INTEGER CHECK (probe_interval_seconds > 0);

-- {"mode":…,"ttl_seconds":…}, parsed by config/; NULL: answers are not cached.
ALTER TABLE routing_config_version ADD COLUMN cache_json TEXT;
-- How long vectors are to be that embeddings through this config answer; NULL: as the model has it.
ALTER TABLE routing_config_version ADD COLUMN embedding_dimensions INTEGER
  CHECK (embedding_dimensions > 0);
