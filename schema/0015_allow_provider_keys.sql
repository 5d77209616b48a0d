-- Whether requests of a key may bring the caller's own key for their provider (X-Modelux-Provider-Key).
ALTER TABLE api_key ADD COLUMN allow_provider_keys INTEGER NOT NULL DEFAULT 0
  CHECK (allow_provider_keys IN (0, 1));
