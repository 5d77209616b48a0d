-- A store of schema 0002 with a few rows, as Python's sqlite3 iterdump() gives it. Its master key is 32
-- bytes of 0x77. Never edited once released: tests/unit/store/store_test.cpp upgrades it.
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
, allowed_models TEXT NOT NULL DEFAULT '[]', ip_allowlist TEXT NOT NULL DEFAULT '[]', previous_hash BLOB CHECK (length(previous_hash) = 32), previous_expires_at INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO "api_key" VALUES('key_01M80GKD6FB8VP32ABYH2SNCCT','proj_01M80GKD6F5X62FZPVHD9J5SH0','default','',X'1DEDD13EF2A63F7CD3825CD3E5C4B84B71E49F8FD674F56BF811AAEE9D4B23A0','mlx_sk_akTh','gVuj',NULL,NULL,NULL,1795313743055,'[]','[]',NULL,NULL);
INSERT INTO "api_key" VALUES('key_01M80GKDJ00000DNRHAQJCD7SN','proj_01M80GKD6F5X62FZPVHD9J5SH0','gone','',X'87D2948FCCC900E91F4FEDD6DE3219165C606D04ED38F3B585B74B09773C7923','mlx_sk_VjTo','VktY',NULL,NULL,1795313743547,1795313743424,'["@a"]','["10.0.0.0/8"]',X'58B9EEC52905A950F9585C448724814076AA39F46DADCC593642E39F204A098F',1795313803536);
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
INSERT INTO "audit_log" VALUES(1,'aud_01M80GKDH500019N5J33EAXYKX',1795313743397,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','member.created','member','mem_01M80GKDH50000EBMPVMAVD1X0','','127.0.0.1','curl/7.88.1','58afda02-4f7c-4170-bf63-0343836a8e58',NULL,'{"id":"mem_01M80GKDH50000EBMPVMAVD1X0","email":"ann@example.com","name":"Ann","role":"admin","project_ids":[],"status":"active","created_at":"2026-11-22T02:15:43.397Z","removed_at":null}',X'0000000000000000000000000000000000000000000000000000000000000000',X'8DF30A1A36BF688340439635F04A5FCACA38D008B9FEFDC907B41905371D7A9F');
INSERT INTO "audit_log" VALUES(2,'aud_01M80GKDHD00010D7KJ2KN4ZAM',1795313743405,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','webhook_endpoint.created','webhook_endpoint','whe_01M80GKDHD000055WHF9ASBDH8','','127.0.0.1','curl/7.88.1','cafd08cb-20c4-44bc-a6b7-e6979bc0dbfe',NULL,'{"id":"whe_01M80GKDHD000055WHF9ASBDH8","url":"https://192.0.2.1/hook","description":"","event_types":["api_key.revoked"],"format":"json","private":false,"active":true,"previous_secret_expires_at":null,"created_at":"2026-11-22T02:15:43.405Z","updated_at":"2026-11-22T02:15:43.405Z"}',X'8DF30A1A36BF688340439635F04A5FCACA38D008B9FEFDC907B41905371D7A9F',X'80C6478518FA41077C3512D76AC8A06264CEB16784BD2FDD7296A3DE74B3B408');
INSERT INTO "audit_log" VALUES(3,'aud_01M80GKDJ00001VFAPDKD05P6Z',1795313743424,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','api_key.created','api_key','key_01M80GKDJ00000DNRHAQJCD7SN','proj_01M80GKD6F5X62FZPVHD9J5SH0','127.0.0.1','curl/7.88.1','25527620-ca85-44af-9305-09fc5da98f17',NULL,'{"id":"key_01M80GKDJ00000DNRHAQJCD7SN","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","name":"gone","description":"","prefix":"mlx_sk_86fm","last_four":"fKjg","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":null,"created_at":"2026-11-22T02:15:43.424Z"}',X'80C6478518FA41077C3512D76AC8A06264CEB16784BD2FDD7296A3DE74B3B408',X'51530777EBAB236486C4F10993E5E77E1B5E7F70835F00646D67BFE3276EC3B0');
INSERT INTO "audit_log" VALUES(4,'aud_01M80GKDNG0000XC7H693TJX7A',1795313743536,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','api_key.rotated','api_key','key_01M80GKDJ00000DNRHAQJCD7SN','proj_01M80GKD6F5X62FZPVHD9J5SH0','127.0.0.1','curl/7.88.1','fe5a64e9-d202-4d39-9f04-1124f198300a','{"id":"key_01M80GKDJ00000DNRHAQJCD7SN","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","name":"gone","description":"","prefix":"mlx_sk_86fm","last_four":"fKjg","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":null,"created_at":"2026-11-22T02:15:43.424Z"}','{"id":"key_01M80GKDJ00000DNRHAQJCD7SN","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","name":"gone","description":"","prefix":"mlx_sk_VjTo","last_four":"VktY","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":"2026-11-22T02:16:43.536Z","created_at":"2026-11-22T02:15:43.424Z"}',X'51530777EBAB236486C4F10993E5E77E1B5E7F70835F00646D67BFE3276EC3B0',X'68C6B79CE7E56BF9CA520C62C2B85DF9AEDC1F3DF9DC7ECE324A9723735BFD69');
INSERT INTO "audit_log" VALUES(5,'aud_01M80GKDNV0000H4RQM8Y66DZ9',1795313743547,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','api_key.revoked','api_key','key_01M80GKDJ00000DNRHAQJCD7SN','proj_01M80GKD6F5X62FZPVHD9J5SH0','127.0.0.1','curl/7.88.1','0b9a1c68-8063-44c1-8366-d1fc11e022cd','{"id":"key_01M80GKDJ00000DNRHAQJCD7SN","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","name":"gone","description":"","prefix":"mlx_sk_VjTo","last_four":"VktY","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":"2026-11-22T02:16:43.536Z","created_at":"2026-11-22T02:15:43.424Z"}','{"id":"key_01M80GKDJ00000DNRHAQJCD7SN","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","name":"gone","description":"","prefix":"mlx_sk_VjTo","last_four":"VktY","status":"revoked","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":"2026-11-22T02:15:43.547Z","previous_expires_at":"2026-11-22T02:16:43.536Z","created_at":"2026-11-22T02:15:43.424Z"}',X'68C6B79CE7E56BF9CA520C62C2B85DF9AEDC1F3DF9DC7ECE324A9723735BFD69',X'DF773E9155383A9E25EEDB8885070E2EB9BBAD8AA3F6B4177C8E89D910C0C364');
INSERT INTO "audit_log" VALUES(6,'aud_01M80GKDP600006ZHZHJD1D254',1795313743558,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','organization.updated','organization','org_01M80GKD6FZ5N0RP4GE3NX4F3K','','127.0.0.1','curl/7.88.1','b1e8309c-67e8-443d-8f33-a1fcddf602ca','{"id":"org_01M80GKD6FZ5N0RP4GE3NX4F3K","name":"Default","slug":"default","plan":"self_hosted","ip_allowlist":[],"created_at":"2026-11-22T02:15:43.055Z"}','{"id":"org_01M80GKD6FZ5N0RP4GE3NX4F3K","name":"Acme","slug":"default","plan":"self_hosted","ip_allowlist":["127.0.0.0/8"],"created_at":"2026-11-22T02:15:43.055Z"}',X'DF773E9155383A9E25EEDB8885070E2EB9BBAD8AA3F6B4177C8E89D910C0C364',X'A7B576809EA7FB44D6460B6F61040610D192E1285193270C89A36CEA563225F7');
INSERT INTO "audit_log" VALUES(7,'aud_01M80GKDPG0001E49FXGXX433K',1795313743568,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','project.created','project','proj_01M80GKDPG0000QWH3F1XHG6C5','proj_01M80GKDPG0000QWH3F1XHG6C5','127.0.0.1','curl/7.88.1','4ff2633f-7b3b-4c41-b3da-8444c6478c64',NULL,'{"id":"proj_01M80GKDPG0000QWH3F1XHG6C5","name":"Second","slug":"second","description":"","settings":{"auto_resolve_bare_model":true,"retain_payloads":false},"created_at":"2026-11-22T02:15:43.568Z","deleted_at":null}',X'A7B576809EA7FB44D6460B6F61040610D192E1285193270C89A36CEA563225F7',X'4ABF52A6F4DC0C01E82276F744268F5F05BE44BA970C60AD0CE41D391A173A24');
INSERT INTO "audit_log" VALUES(8,'aud_01M80GKDPG00025MH8WPPCAYQE',1795313743568,'management_key','mkey_01M80GKD6FE0BYHE7S2YGP411M','','routing_config.created','routing_config','rc_01M80GKDPGMHSCQGXHEXFYZGJQ','proj_01M80GKDPG0000QWH3F1XHG6C5','127.0.0.1','curl/7.88.1','4ff2633f-7b3b-4c41-b3da-8444c6478c64',NULL,'{"id":"rc_01M80GKDPGMHSCQGXHEXFYZGJQ","project_id":"proj_01M80GKDPG0000QWH3F1XHG6C5","name":"Default","slug":"default","policy":"single","config":{"model":"demo-chat","provider_credential_id":"prov_01M80GKD6FH9YC52B3N0S7HPW6"},"version":1,"automatic":true,"created_at":"2026-11-22T02:15:43.568Z","updated_at":"2026-11-22T02:15:43.568Z"}',X'4ABF52A6F4DC0C01E82276F744268F5F05BE44BA970C60AD0CE41D391A173A24',X'0BDFC80FE6DB5684C3AB2C5AD074296A8F694FD61E0FA8DB744B72704CFAB69C');
CREATE TABLE idempotent_request (
  scope        BLOB PRIMARY KEY CHECK (length(scope) = 32),
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  answer       BLOB NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotent_request" VALUES(X'A88F9653818E6030050CD4FF43564138C9BF0F52BD77D02A3F4A58653379D167',X'9BFF0ED80BFC94D15BC72CFCAF5E9EE8CD6D0D3E7A1F90ABF546B99E1330BC90',X'010201593A933B53F7880E78EAEB11E3C03ADE32660D85FBBC08ECA86B46DC21DF62F8A4AFB5987834ADDBA91CAEF78DD0F3F52BFC85F340575A937B962DF7C9E22DD4B27D8552E0646710C9E216AA53922CD2D9B783E4AD0742997EB67E27A9401426C57D62B55504FAE502736B6A4256F0753FD4E9DC89325C34CADDFB3440A848AEAEAA1EBBCD4753771D3C26CF5D860DD3ACD881CEC599A8D20E8A30DC9C6A8D8BCF7A02222AD0B99863DA7DC65671BF788C54A2252D39F839DCB3B94FC4ACA6405F1C4B83EEAE6BBB339B8D4A4CAAD7F4547004393A08BCB3087F3064AB9E10F5A092E09422724D650E7BD137B172F4C6211AEE6AC1A9E3169CC365E66118C905BC7618250D31CEB2E4CE0EF94B29FD2D0DA657CDF7C35BFF52F58B91B568F3CDA3C30276F4F242F0F997FECB15B967F49D44D7D96ABF3D975515557388D0E37F48C073952ECD8572F54C6E4BCCFAD1029EB4FCF9312F3CC588F3FC26C56C2453834FAABE371C0BCF033C4A96992A440D140097718BBE869611202B160F14B7DA3CF6B440A9EC',1795313743568);
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
, description TEXT NOT NULL DEFAULT '', project_ids TEXT NOT NULL DEFAULT '[]', member_id TEXT REFERENCES member (id), rate_limit_rpm INTEGER CHECK (rate_limit_rpm > 0), ip_allowlist TEXT NOT NULL DEFAULT '[]', previous_hash BLOB CHECK (length(previous_hash) = 32), previous_expires_at INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO "management_key" VALUES('mkey_01M80GKD6FE0BYHE7S2YGP411M','org_01M80GKD6FZ5N0RP4GE3NX4F3K','owner','owner',X'6E7CF76270F2CDDBEB1C7692B98FF3D386915D2A0C3238DFF7A9157B90A7B1F9','mlx_mk_RDqi','QXrq',NULL,NULL,1795313743055,'','[]',NULL,NULL,'[]',NULL,NULL);
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
INSERT INTO "member" VALUES('mem_01M80GKDH50000EBMPVMAVD1X0','org_01M80GKD6FZ5N0RP4GE3NX4F3K','ann@example.com','Ann','admin','[]',1795313743397,NULL);
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('audit_head',X'010201593A933B53F7ADAAD7ABC4122EB6EBC5F483DCA782B911DD3DC89273D55D21D6BA0CA636528085F155934AC81BC3DDCF96209541BAA592DEF93BD11C36E290143E4DFF4DAB03744E499CB82CBBBAAC95BBFBDB10E5F4CC69DE0F18CE92A203BFF8ABAC64');
INSERT INTO "meta" VALUES('config_version',7);
INSERT INTO "meta" VALUES('master_key_check',X'010201593A933B53F710A6D02EEC61123EF0100A6B5FE80D1E5EC0409C1085C47B8EE7FA50DAB5E8CA224EB741');
CREATE TABLE organization (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'org_*'),
  name       TEXT NOT NULL,
  slug       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
, ip_allowlist TEXT NOT NULL DEFAULT '[]') STRICT, WITHOUT ROWID;
INSERT INTO "organization" VALUES('org_01M80GKD6FZ5N0RP4GE3NX4F3K','Acme','default',1795313743055,'["127.0.0.0/8"]');
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
INSERT INTO "project" VALUES('proj_01M80GKD6F5X62FZPVHD9J5SH0','org_01M80GKD6FZ5N0RP4GE3NX4F3K','Default','default','',1,0,1795313743055,NULL);
INSERT INTO "project" VALUES('proj_01M80GKDPG0000QWH3F1XHG6C5','org_01M80GKD6FZ5N0RP4GE3NX4F3K','Second','second','',1,0,1795313743568,NULL);
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
INSERT INTO "provider" VALUES('prov_01M80GKD6FH9YC52B3N0S7HPW6','demo','demo',NULL,NULL,0,1,'demo-chat',1795313743055,1795313743055,NULL);
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
INSERT INTO "routing_config" VALUES('rc_01M80GKD6FMY76EYCBST4JE626','proj_01M80GKD6F5X62FZPVHD9J5SH0','default',1,1,1795313743055,1795313743055,NULL);
INSERT INTO "routing_config" VALUES('rc_01M80GKDPGMHSCQGXHEXFYZGJQ','proj_01M80GKDPG0000QWH3F1XHG6C5','default',1,1,1795313743568,1795313743568,NULL);
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
INSERT INTO "routing_config_version" VALUES('rc_01M80GKD6FMY76EYCBST4JE626',1,'Default','single','{"model":"demo-chat","provider_credential_id":"prov_01M80GKD6FH9YC52B3N0S7HPW6"}','system','created with the project',1795313743055);
INSERT INTO "routing_config_version" VALUES('rc_01M80GKDPGMHSCQGXHEXFYZGJQ',1,'Default','single','{"model":"demo-chat","provider_credential_id":"prov_01M80GKD6FH9YC52B3N0S7HPW6"}','system','created with the project',1795313743568);
CREATE TABLE schema_migration (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "schema_migration" VALUES('0001_init.sql','f589851eaca655dd1515df7faae8ce0bfb1b38a3d29d9e86eb5dbc0a15ccdc39',1795313743041);
INSERT INTO "schema_migration" VALUES('0002_governance.sql','1d11c7ac220bfa354d52f3418b54e6d2215a31e8f9a0e7fb55def5a869d908af',1795313743041);
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
INSERT INTO "webhook_delivery" VALUES('whd_01M80GKDNVC7NS5GDRMRXEJXA4','whe_01M80GKDHD000055WHF9ASBDH8','evt_01M80GKDNV471Z2GMTBSSY85NY','api_key.revoked','pending',1,1795313753548,1795400143547,1795313743548,NULL,'egress_refused',1795313743547,NULL);
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
INSERT INTO "webhook_endpoint" VALUES('whe_01M80GKDHD000055WHF9ASBDH8','org_01M80GKD6FZ5N0RP4GE3NX4F3K','https://192.0.2.1/hook','','["api_key.revoked"]','json',0,1,X'010201593A933B53F796BE0157058340189C022BCCF75B607E044682014D12FD04BA502F724451E0CB3297515DC6920514D830ED81859E95548C9313DB93A8A064E2BA330774DAA0C859CF66972FB67360113B',NULL,NULL,1795313743405,1795313743405,NULL);
CREATE TABLE webhook_event (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'evt_*'),
  type       TEXT NOT NULL,
  project_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body       TEXT NOT NULL  -- the envelope, as it is sent and signed
) STRICT, WITHOUT ROWID;
INSERT INTO "webhook_event" VALUES('evt_01M80GKDNV471Z2GMTBSSY85NY','api_key.revoked','proj_01M80GKD6F5X62FZPVHD9J5SH0',1795313743547,'{"id":"evt_01M80GKDNV471Z2GMTBSSY85NY","type":"api_key.revoked","created_at":"2026-11-22T02:15:43.547Z","org_id":"org_01M80GKD6FZ5N0RP4GE3NX4F3K","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","data":{"api_key_id":"key_01M80GKDJ00000DNRHAQJCD7SN","id":"key_01M80GKDJ00000DNRHAQJCD7SN","project_id":"proj_01M80GKD6F5X62FZPVHD9J5SH0","name":"gone","description":"","prefix":"mlx_sk_VjTo","last_four":"VktY","status":"revoked","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":"2026-11-22T02:15:43.547Z","previous_expires_at":"2026-11-22T02:16:43.536Z","created_at":"2026-11-22T02:15:43.424Z"}}');
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
CREATE UNIQUE INDEX member_email ON member (organization_id, email) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX api_key_previous_hash ON api_key (previous_hash)
  WHERE previous_hash IS NOT NULL;
CREATE UNIQUE INDEX management_key_previous_hash ON management_key (previous_hash)
  WHERE previous_hash IS NOT NULL;
CREATE INDEX management_key_member ON management_key (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX audit_log_time ON audit_log (created_at);
CREATE INDEX audit_log_actor ON audit_log (actor_id);
CREATE INDEX audit_log_action ON audit_log (action);
CREATE INDEX audit_log_type ON audit_log (resource_type);
CREATE INDEX audit_log_resource ON audit_log (resource_id);
CREATE INDEX audit_log_project ON audit_log (project_id);
CREATE INDEX audit_log_email ON audit_log (actor_email) WHERE actor_email <> '';
CREATE TRIGGER audit_log_fixed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
CREATE INDEX webhook_event_time ON webhook_event (created_at);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_attempt_at)
  WHERE status = 'pending';
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_status ON webhook_delivery (status, id);
CREATE INDEX webhook_delivery_type ON webhook_delivery (event_type, id);
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
CREATE INDEX idempotent_request_time ON idempotent_request (created_at);
COMMIT;
