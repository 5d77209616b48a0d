-- Prices that the operator sets; they win over the catalogue in the binary.
CREATE TABLE price_override (
  id                TEXT PRIMARY KEY CHECK (id GLOB 'price_*'),
  provider          TEXT NOT NULL CHECK (length(provider) > 0),  -- the catalogue's id, or a provider's name
  model             TEXT NOT NULL CHECK (length(model) > 0),     -- lower case; a '*' at the end: a prefix
  starts_at         INTEGER,                                     -- NULL: always
  -- Parsed by config/ in the same transaction: lib/pricing/rates_text.h.
  rates             TEXT NOT NULL,
  context_window    INTEGER CHECK (context_window > 0),
  max_output_tokens INTEGER CHECK (max_output_tokens > 0),
  source            TEXT NOT NULL,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  deleted_at        INTEGER
) STRICT, WITHOUT ROWID;

-- One price at one time.
CREATE UNIQUE INDEX price_override_what ON price_override (provider, model, ifnull(starts_at, -1))
  WHERE deleted_at IS NULL;

-- What a project does with models of which no price is known.
ALTER TABLE project ADD COLUMN unknown_model_policy TEXT NOT NULL DEFAULT 'ceiling'
  CHECK (unknown_model_policy IN ('deny', 'ceiling', 'free'));
