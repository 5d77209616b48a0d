-- What a routing config says beside its policy, as of each version.

-- How answers are kept, as JSON (lib/config/cache_rules.h); NULL: they are not.
ALTER TABLE routing_config_version ADD COLUMN cache_json TEXT;
-- The length of every vector that embeddings of it come to; NULL: whatever the model gives.
ALTER TABLE routing_config_version ADD COLUMN embedding_dimensions INTEGER
  CHECK (embedding_dimensions > 0);
