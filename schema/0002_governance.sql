-- Governance: members, the audit log, webhooks with their outbox, idempotent requests, and what keys
-- and the organization may restrict. Lists of texts are JSON arrays, read by store/ only.

ALTER TABLE organization ADD COLUMN ip_allowlist TEXT NOT NULL DEFAULT '[]';

CREATE TABLE member (
  id              TEXT PRIMARY KEY CHECK (id GLOB 'mem_*'),
  organization_id TEXT NOT NULL REFERENCES organization (id),
  email           TEXT NOT NULL CHECK (length(email) > 0),
  name            TEXT NOT NULL DEFAULT '',
  role            TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  project_ids     TEXT NOT NULL DEFAULT '[]',
  created_at      INTEGER NOT NULL,
  removed_at      INTEGER
) STRICT, WITHOUT ROWID;

-- Among the present only; addresses are stored in lower case.
CREATE UNIQUE INDEX member_email ON member (organization_id, email) WHERE removed_at IS NULL;

-- A rotated key's old secret works until previous_expires_at, when the rotation allowed it to.
ALTER TABLE api_key ADD COLUMN allowed_models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_key ADD COLUMN ip_allowlist TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_key ADD COLUMN previous_hash BLOB CHECK (length(previous_hash) = 32);
ALTER TABLE api_key ADD COLUMN previous_expires_at INTEGER;
CREATE UNIQUE INDEX api_key_previous_hash ON api_key (previous_hash)
  WHERE previous_hash IS NOT NULL;

ALTER TABLE management_key ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE management_key ADD COLUMN project_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE management_key ADD COLUMN member_id TEXT REFERENCES member (id);
ALTER TABLE management_key ADD COLUMN rate_limit_rpm INTEGER CHECK (rate_limit_rpm > 0);
ALTER TABLE management_key ADD COLUMN ip_allowlist TEXT NOT NULL DEFAULT '[]';
ALTER TABLE management_key ADD COLUMN previous_hash BLOB CHECK (length(previous_hash) = 32);
ALTER TABLE management_key ADD COLUMN previous_expires_at INTEGER;
CREATE UNIQUE INDEX management_key_previous_hash ON management_key (previous_hash)
  WHERE previous_hash IS NOT NULL;
CREATE INDEX management_key_member ON management_key (member_id) WHERE member_id IS NOT NULL;

-- Append-only and hash-chained: hash = SHA-256 of the entry as the API shows it without `hash`,
-- in which previous_hash is the hash of the entry before (64 zeros for the first). The last seq and
-- hash are sealed in meta under the master key, so that a cut tail is noticed too.
CREATE TABLE audit_log (
  seq           INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE CHECK (id GLOB 'aud_*'),
  created_at    INTEGER NOT NULL,  -- never before that of the entry before
  actor_type    TEXT NOT NULL CHECK (actor_type IN ('user', 'management_key', 'scim', 'system')),
  actor_id      TEXT NOT NULL,
  actor_email   TEXT NOT NULL,
  action        TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id   TEXT NOT NULL,
  project_id    TEXT NOT NULL,
  ip            TEXT NOT NULL,
  user_agent    TEXT NOT NULL,
  request_id    TEXT NOT NULL,
  before        TEXT,
  after         TEXT,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash          BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_log_time ON audit_log (created_at);
-- One for every filter of the list, so that none reads the whole log to find a rare value.
CREATE INDEX audit_log_actor ON audit_log (actor_id);
CREATE INDEX audit_log_project ON audit_log (project_id);
CREATE INDEX audit_log_action ON audit_log (action);
CREATE INDEX audit_log_type ON audit_log (resource_type);
CREATE INDEX audit_log_resource ON audit_log (resource_id);
CREATE INDEX audit_log_email ON audit_log (actor_email) WHERE actor_email <> '';

CREATE TRIGGER audit_log_fixed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;

CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;

CREATE TABLE webhook_endpoint (
  id                  TEXT PRIMARY KEY CHECK (id GLOB 'whe_*'),
  organization_id     TEXT NOT NULL REFERENCES organization (id),
  url                 TEXT NOT NULL,
  description         TEXT NOT NULL DEFAULT '',
  event_types         TEXT NOT NULL,  -- JSON array; empty means all
  format              TEXT NOT NULL CHECK (format IN ('json', 'slack')),
  allow_private       INTEGER NOT NULL DEFAULT 0 CHECK (allow_private IN (0, 1)),
  active              INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  -- AES-256-GCM records bound to this row; wiped when the endpoint is deleted.
  secret              BLOB,
  previous_secret     BLOB,
  previous_expires_at INTEGER,
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER NOT NULL,
  deleted_at          INTEGER
) STRICT, WITHOUT ROWID;

-- What happened, written in the transaction in which it happened.
CREATE TABLE webhook_event (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'evt_*'),
  type       TEXT NOT NULL,
  project_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body       TEXT NOT NULL  -- the envelope, as it is sent and signed
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_event_time ON webhook_event (created_at);

-- The outbox: one row for every endpoint that is to learn of an event.
CREATE TABLE webhook_delivery (
  id              TEXT PRIMARY KEY CHECK (id GLOB 'whd_*'),
  endpoint_id     TEXT NOT NULL REFERENCES webhook_endpoint (id),
  event_id        TEXT NOT NULL REFERENCES webhook_event (id),
  event_type      TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  give_up_at      INTEGER NOT NULL,
  last_attempt_at INTEGER,
  response_status INTEGER,
  error           TEXT NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL,
  delivered_at    INTEGER,
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- By endpoint, so that a backlog at one endpoint is not read to find what is due at another.
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_attempt_at)
  WHERE status = 'pending';
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_status ON webhook_delivery (status, id);
CREATE INDEX webhook_delivery_type ON webhook_delivery (event_type, id);
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);

-- Answers to requests with an Idempotency-Key, written in the transaction of what they did; kept a
-- day. The answer is sealed: it may hold a new key.
CREATE TABLE idempotent_request (
  scope        BLOB PRIMARY KEY CHECK (length(scope) = 32),
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  answer       BLOB NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotent_request_time ON idempotent_request (created_at);
