-- Files and batches that are kept here, because no provider of the caller's has any: objects without
-- a provider. Contents are files in DATA/files (lib/executor); this says whose they are.

CREATE TABLE relayed_object_2 (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of arrival, which lists are in
  provider_id TEXT REFERENCES provider (id),      -- NULL: it is kept here
  id          TEXT NOT NULL,                      -- the provider's, or ours
  kind        TEXT NOT NULL CHECK (kind IN ('file', 'batch')),
  surface     TEXT NOT NULL CHECK (surface IN ('openai', 'anthropic')),
  project_id  TEXT NOT NULL REFERENCES project (id),
  api_key_id  TEXT NOT NULL,                      -- that made it
  batch_id    TEXT NOT NULL DEFAULT '',           -- of a file that came out of a batch
  purpose     TEXT NOT NULL DEFAULT '',           -- of a file
  status      TEXT NOT NULL DEFAULT '',           -- in the provider's words
  object      TEXT NOT NULL DEFAULT '' CHECK (object = '' OR object GLOB '{*}'),  -- as last seen
  -- What a batch, or one made of this file, may cost (lib/batch/plan.h); '' where there is none.
  plan        TEXT NOT NULL DEFAULT '' CHECK (plan = '' OR plan GLOB '{*}'),
  created_at  INTEGER NOT NULL,
  settled_at  INTEGER CHECK (settled_at IS NULL OR kind = 'batch'),  -- its cost was charged
  UNIQUE (provider_id, id)
) STRICT;

INSERT INTO relayed_object_2 SELECT * FROM relayed_object ORDER BY seq;
DROP TABLE relayed_object;
ALTER TABLE relayed_object_2 RENAME TO relayed_object;

CREATE INDEX relayed_object_of_project ON relayed_object (project_id, surface, kind, seq);
CREATE INDEX relayed_object_by_id ON relayed_object (id);
CREATE UNIQUE INDEX relayed_object_here ON relayed_object (id) WHERE provider_id IS NULL;
CREATE INDEX relayed_object_unsettled ON relayed_object (seq)
  WHERE kind = 'batch' AND settled_at IS NULL;

-- A batch that is executed here. What its requests did is in its outputs.
CREATE TABLE local_batch (
  id              TEXT PRIMARY KEY,      -- of its relayed_object
  surface         TEXT NOT NULL CHECK (surface IN ('openai', 'anthropic')),
  project_id      TEXT NOT NULL REFERENCES project (id),
  api_key_id      TEXT NOT NULL,         -- in whose name the requests are made
  endpoint        TEXT NOT NULL,         -- the path that each of them is for
  input_file_id   TEXT NOT NULL DEFAULT '',
  window_text     TEXT NOT NULL DEFAULT '',  -- "24h", as it was asked for
  metadata        TEXT NOT NULL DEFAULT '' CHECK (metadata = '' OR metadata GLOB '{*}'),
  headers         TEXT NOT NULL DEFAULT '[]' CHECK (headers GLOB '[[]*]'),  -- that requests are made with
  peer            TEXT NOT NULL,         -- the address that the batch came from
  status          TEXT NOT NULL CHECK (status IN ('validating', 'failed', 'in_progress', 'finalizing',
                                                  'completed', 'expired', 'cancelling', 'cancelled')),
  outcome         TEXT NOT NULL CHECK (outcome IN ('completed', 'failed', 'expired', 'cancelled')),
  output_name     TEXT NOT NULL UNIQUE,  -- of the contents of its outputs
  error_name      TEXT NOT NULL UNIQUE,
  errors          TEXT NOT NULL DEFAULT '[]' CHECK (errors GLOB '[[]*]'),
  total           INTEGER NOT NULL DEFAULT 0,
  succeeded       INTEGER NOT NULL DEFAULT 0,
  errored         INTEGER NOT NULL DEFAULT 0,
  canceled        INTEGER NOT NULL DEFAULT 0,
  expired         INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  in_progress_at  INTEGER,
  finalizing_at   INTEGER,
  cancelling_at   INTEGER,
  ended_at        INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX local_batch_open ON local_batch (created_at) WHERE ended_at IS NULL;
