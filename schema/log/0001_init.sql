-- log.db: what went through the proxy. May be deleted at any time; the gateway makes a new one.

-- Strings that repeat, from sets that the operator bounds (projects, keys, vendors, error codes).
-- What a caller can invent (model names, end users) is stored in the row, so that nobody can make
-- this table grow.
CREATE TABLE dictionary (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- One row a request. id = created_at << 20 | a sequence number: rows lie in the order of arrival,
-- a time range is a range of ids, and paging needs no index. Columns ending in _id refer to
-- dictionary without a foreign key, which would cost a look-up for each of them on the hot path.
CREATE TABLE request_log (
  id                     INTEGER PRIMARY KEY,
  request_id             BLOB NOT NULL CHECK (length(request_id) = 16),
  status                 INTEGER NOT NULL,
  organization_id        INTEGER NOT NULL,
  project_id             INTEGER NOT NULL,
  api_key_id             INTEGER NOT NULL,
  endpoint_id            INTEGER NOT NULL,
  provider_vendor_id     INTEGER NOT NULL,
  provider_id            INTEGER NOT NULL,
  routing_config_id      INTEGER NOT NULL,
  routing_config_version INTEGER NOT NULL,
  resolved_id            INTEGER NOT NULL,
  error_class_id         INTEGER NOT NULL,
  catalogue_id           INTEGER NOT NULL,
  requested_model        TEXT NOT NULL,
  model                  TEXT NOT NULL,
  stream                 INTEGER NOT NULL,
  attempts               INTEGER NOT NULL,
  input_uncached         INTEGER NOT NULL,
  input_cache_read       INTEGER NOT NULL,
  input_cache_write      INTEGER NOT NULL,
  input_cache_write_1h   INTEGER NOT NULL,
  input_audio            INTEGER NOT NULL,
  output_text            INTEGER NOT NULL,
  output_reasoning       INTEGER NOT NULL,
  output_audio           INTEGER NOT NULL,
  usage_source           INTEGER NOT NULL,
  cost_input_nanos       INTEGER NOT NULL,
  cost_output_nanos      INTEGER NOT NULL,
  cost_total_nanos       INTEGER NOT NULL,
  priced                 INTEGER NOT NULL,
  latency_us             INTEGER NOT NULL,
  ttft_us                INTEGER,
  upstream_connect_us    INTEGER,
  upstream_head_us       INTEGER,
  end_user               TEXT,
  trace_id               TEXT,
  conversation_id        TEXT,
  traceparent            TEXT,
  tags                   TEXT,
  byok_fingerprint       TEXT,
  payload_bytes          INTEGER NOT NULL  -- of the row's request_payload; 0 without one
) STRICT;

CREATE INDEX request_log_request ON request_log (request_id);

-- Failures are few and are what people look for: their list must not walk the successes.
CREATE INDEX request_log_failed ON request_log (id) WHERE status >= 400;

-- Bodies apart, so that lists and roll-ups never read past them.
CREATE TABLE request_payload (
  log_id        INTEGER PRIMARY KEY,
  request_body  BLOB,
  response_body BLOB
) STRICT;
