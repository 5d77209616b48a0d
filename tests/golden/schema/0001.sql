-- A store of schema 0001 with a few rows, as `sqlite3 penstock.db .dump` gives it. Its master key is
-- 32 bytes of 0x77. Never edited once released: tests/unit/store/store_test.cpp upgrades it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO "api_key" VALUES('key_01','proj_01','k','',X'BBD268BF123ED4E74EF0817BEDA22A3A5F6F6B326B2C44B1B13B86763C15EAFE','mlx_sk_gold','lden',60,NULL,NULL,1778000000000);
INSERT INTO "api_key" VALUES('key_02','proj_01','k','',X'D9298A10D1B0735837DC4BD85DAC641B0F3CEF27A47E5D53A54F2F3F5B2FCFFA','mlx_sk_gold','lden',60,NULL,1778000000001,1778000000000);
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
INSERT INTO "management_key" VALUES('mkey_01','org_01','m','admin',X'C1762CFEDBDFE877E5A93A63BEE5B740D56F0B8334A7A3158A33EE2657E5681A','mlx_mk_gold','lden',NULL,NULL,1778000000000);
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('config_version',7);
INSERT INTO "meta" VALUES('master_key_check',X'010201593A933B53F730B0FEBDE7F674B31E21C3FC6AC769FE466941FCCB5383C4CE05B189A8CA8B95D3B802E9');
CREATE TABLE organization (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'org_*'),
  name       TEXT NOT NULL,
  slug       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "organization" VALUES('org_01','Acme','acme',1778000000000);
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
INSERT INTO "project" VALUES('proj_01','org_01','First','first','It''s the first; "quoted" — and non-ASCII',1,1,1778000000000,NULL);
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
INSERT INTO "provider" VALUES('prov_01','openai','main',NULL,X'010201593A933B53F74B2E12ED0D2BE30B06A9F792D30B61C5A3C0982F750ED59853FFC2B2F0D3DCE9FBF3A7BC1915B8BAF0E6',0,1,'gpt-4o-mini',1778000000000,1778000000000,NULL);
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
INSERT INTO "routing_config" VALUES('rc_01','proj_01','default',2,0,1778000000000,1778000000002,NULL);
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
INSERT INTO "routing_config_version" VALUES('rc_01',1,'Default','single','{"model":"gpt-4o-mini","provider_credential_id":"prov_01"}','system','',1778000000000);
INSERT INTO "routing_config_version" VALUES('rc_01',2,'Default','single','{"model":"gpt-4o","provider_credential_id":"prov_01"}','mkey_01','better',1778000000002);
CREATE TABLE schema_migration (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "schema_migration" VALUES('0001_init.sql','f589851eaca655dd1515df7faae8ce0bfb1b38a3d29d9e86eb5dbc0a15ccdc39',1795300317251);
CREATE UNIQUE INDEX project_slug ON project (organization_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX api_key_project ON api_key (project_id, id);
CREATE UNIQUE INDEX provider_name ON provider (name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX provider_default ON provider (vendor) WHERE is_default = 1;
CREATE UNIQUE INDEX routing_config_slug ON routing_config (project_id, slug)
  WHERE deleted_at IS NULL;
CREATE TRIGGER routing_config_version_fixed BEFORE UPDATE ON routing_config_version
BEGIN SELECT RAISE(ABORT, 'versions are never changed'); END;
CREATE TRIGGER routing_config_version_kept BEFORE DELETE ON routing_config_version
BEGIN SELECT RAISE(ABORT, 'versions are never deleted'); END;
CREATE TRIGGER routing_config_version_next BEFORE INSERT ON routing_config_version
WHEN new.version <> 1 + (SELECT count(*) FROM routing_config_version
                          WHERE routing_config_id = new.routing_config_id)
BEGIN SELECT RAISE(ABORT, 'versions are numbered without gaps'); END;
COMMIT;
