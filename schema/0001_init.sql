-- penstock.db: configuration. Times are milliseconds UTC; ids are prefixed ULIDs, so they sort by
-- creation; deletes are soft, so that logs and histories keep their names.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES ('config_version', 0);

CREATE TABLE organization (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'org_*'),
  name       TEXT NOT NULL,
  slug       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE project (
  id                      TEXT PRIMARY KEY CHECK (id GLOB 'proj_*'),
  organization_id         TEXT NOT NULL REFERENCES organization (id),
  name                    TEXT NOT NULL,
  slug                    TEXT NOT NULL CHECK (slug GLOB '[a-z0-9]*' AND length(slug) <= 63),
  description             TEXT NOT NULL DEFAULT '',
  auto_resolve_bare_model INTEGER NOT NULL DEFAULT 1 CHECK (auto_resolve_bare_model IN (0, 1)),
  retain_payloads         INTEGER NOT NULL DEFAULT 0 CHECK (retain_payloads IN (0, 1)),
  created_at              INTEGER NOT NULL,
  deleted_at              INTEGER
) STRICT, WITHOUT ROWID;

-- Among the living only: a deleted project frees its slug.
CREATE UNIQUE INDEX project_slug ON project (organization_id, slug) WHERE deleted_at IS NULL;

CREATE TABLE api_key (
  id             TEXT PRIMARY KEY CHECK (id GLOB 'key_*'),
  project_id     TEXT NOT NULL REFERENCES project (id),
  name           TEXT NOT NULL,
  description    TEXT NOT NULL DEFAULT '',
  hash           BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  prefix         TEXT NOT NULL,
  last_four      TEXT NOT NULL CHECK (length(last_four) = 4),
  rate_limit_rpm INTEGER CHECK (rate_limit_rpm > 0),
  expires_at     INTEGER,
  revoked_at     INTEGER,
  created_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX api_key_project ON api_key (project_id, id);

CREATE TABLE management_key (
  id              TEXT PRIMARY KEY CHECK (id GLOB 'mkey_*'),
  organization_id TEXT NOT NULL REFERENCES organization (id),
  name            TEXT NOT NULL,
  role            TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  hash            BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  prefix          TEXT NOT NULL,
  last_four       TEXT NOT NULL CHECK (length(last_four) = 4),
  expires_at      INTEGER,
  revoked_at      INTEGER,
  created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE provider (
  id            TEXT PRIMARY KEY CHECK (id GLOB 'prov_*'),
  vendor        TEXT NOT NULL CHECK (length(vendor) > 0),
  name          TEXT NOT NULL CHECK (length(name) > 0),
  base_url      TEXT,
  -- AES-256-GCM record (lib/storage/secret_box.h), bound to this row by its associated data;
  -- NULL for a provider without a key, and wiped when the provider is deleted.
  api_key       BLOB,
  allow_private INTEGER NOT NULL DEFAULT 0 CHECK (allow_private IN (0, 1)),
  is_default    INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
  default_model TEXT NOT NULL DEFAULT '',
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  deleted_at    INTEGER,
  CHECK (deleted_at IS NULL OR (api_key IS NULL AND is_default = 0))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX provider_name ON provider (name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX provider_default ON provider (vendor) WHERE is_default = 1;

-- The head of a routing config; what it says is in the version it points to.
CREATE TABLE routing_config (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'rc_*'),
  project_id TEXT NOT NULL REFERENCES project (id),
  slug       TEXT NOT NULL CHECK (slug GLOB '[a-z0-9]*' AND length(slug) <= 63),
  version    INTEGER NOT NULL CHECK (version >= 1),
  automatic  INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX routing_config_slug ON routing_config (project_id, slug)
  WHERE deleted_at IS NULL;

CREATE TABLE routing_config_version (
  routing_config_id TEXT NOT NULL REFERENCES routing_config (id),
  version           INTEGER NOT NULL CHECK (version >= 1),
  name              TEXT NOT NULL,
  policy            TEXT NOT NULL,
  -- Parsed by config/ in the same transaction. No CHECK (json_valid(…)): an untrusted schema, which
  -- is how we open the file, may not call JSON functions.
  config_json       TEXT NOT NULL,
  author            TEXT NOT NULL DEFAULT '',
  note              TEXT NOT NULL DEFAULT '',
  created_at        INTEGER NOT NULL,
  PRIMARY KEY (routing_config_id, version)
) STRICT, WITHOUT ROWID;

-- History is never rewritten, and has no gaps.
CREATE TRIGGER routing_config_version_fixed BEFORE UPDATE ON routing_config_version
BEGIN SELECT RAISE(ABORT, 'versions are never changed'); END;

CREATE TRIGGER routing_config_version_kept BEFORE DELETE ON routing_config_version
BEGIN SELECT RAISE(ABORT, 'versions are never deleted'); END;

CREATE TRIGGER routing_config_version_next BEFORE INSERT ON routing_config_version
WHEN new.version <> 1 + (SELECT count(*) FROM routing_config_version
                          WHERE routing_config_id = new.routing_config_id)
BEGIN SELECT RAISE(ABORT, 'versions are numbered without gaps'); END;
