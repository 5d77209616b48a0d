-- Files and batches that live at providers: whose they are here. Projects share providers' accounts,
-- and a key sees what its own project made only.

CREATE TABLE relayed_object (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of arrival, which lists are in
  provider_id TEXT NOT NULL REFERENCES provider (id),
  id          TEXT NOT NULL,                      -- the provider's
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

CREATE INDEX relayed_object_of_project ON relayed_object (project_id, surface, kind, seq);
CREATE INDEX relayed_object_by_id ON relayed_object (id);
CREATE INDEX relayed_object_unsettled ON relayed_object (seq)
  WHERE kind = 'batch' AND settled_at IS NULL;
