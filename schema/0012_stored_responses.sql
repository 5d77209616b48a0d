-- Responses of OpenAI's Responses API, by whichever provider: what they answered and what they were
-- asked, so that requests can go on from them. A key sees its own project's only.

CREATE TABLE stored_response (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id  TEXT NOT NULL REFERENCES project (id),
  id          TEXT NOT NULL CHECK (id <> ''),   -- as the caller was told
  api_key_id  TEXT NOT NULL,                    -- that made it
  provider_id TEXT NOT NULL,                    -- that served it
  model       TEXT NOT NULL,
  previous_id TEXT NOT NULL DEFAULT '',         -- the response that it goes on from
  held        INTEGER NOT NULL CHECK (held IN (0, 1)),  -- the provider has it under the same id
  account     TEXT NOT NULL DEFAULT '',         -- there: fingerprint of the caller's key; '': ours
  input       TEXT NOT NULL CHECK (input GLOB '[[]*]'),  -- items of its own request
  object      TEXT NOT NULL CHECK (object GLOB '{*}'),
  bytes       INTEGER NOT NULL CHECK (bytes > 0),        -- of input and object
  created_at  INTEGER NOT NULL,
  UNIQUE (project_id, id)
) STRICT;

-- Retention, and how much there is, without reading the rows.
CREATE INDEX stored_response_by_age ON stored_response (created_at, bytes);

-- Which response an item is of, for references to it.
CREATE TABLE stored_response_item (
  project_id   TEXT NOT NULL,
  id           TEXT NOT NULL,
  response_seq INTEGER NOT NULL REFERENCES stored_response (seq) ON DELETE CASCADE,
  PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stored_response_item_of ON stored_response_item (response_seq);
