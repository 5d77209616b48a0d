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
INSERT INTO "api_key" VALUES('key_01M80KCZZAYNS7A1HSS758HJJG','proj_01M80KCZZAWCCYQHMQZG7VBN32','default','',X'9776FD9985BC20DC9E04ED3111286874AD190BCFAF852750E40D08F97B48B143','mlx_sk_unHf','4k0b',NULL,NULL,NULL,1795316678634,'[]','[]',NULL,NULL);
INSERT INTO "api_key" VALUES('key_01M80KD0910000D84WHJKC38NC','proj_01M80KCZZAWCCYQHMQZG7VBN32','gone','',X'57F2E72E5A98AE5D6AE09288E0D19195705D788ED66545ACDB0124D4EE3E4739','mlx_sk_IoYa','XOyz',NULL,NULL,1795316679076,1795316678945,'["@a"]','["10.0.0.0/8"]',X'AE580EAE8F3D8951D2F570B4B41883C6F181DF962D453CCC28EE7CA90E89EAD3',1795316739066);
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
INSERT INTO "audit_log" VALUES(1,'aud_01M80KD08H0001CARFND5EJMRC',1795316678929,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','member.created','member','mem_01M80KD08H0000S7YK99BGG43J','','127.0.0.1','curl/7.88.1','3addb936-adae-4b0b-afbe-549b0ac86c76',NULL,'{"id":"mem_01M80KD08H0000S7YK99BGG43J","email":"ann@example.com","name":"Ann","role":"admin","project_ids":[],"status":"active","created_at":"2026-11-22T03:04:38.929Z","removed_at":null}',X'0000000000000000000000000000000000000000000000000000000000000000',X'26359BD7B7F5E70FF9B6C533F7B27442428ABE58DB50C1F3A42F4102B491EF3A');
INSERT INTO "audit_log" VALUES(2,'aud_01M80KD08S0001YA6JM3J3YE5Y',1795316678937,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','webhook_endpoint.created','webhook_endpoint','whe_01M80KD08S0000TNY0CBP66RFY','','127.0.0.1','curl/7.88.1','881905db-fa6f-4379-9a70-1c39547547d7',NULL,'{"id":"whe_01M80KD08S0000TNY0CBP66RFY","url":"https://192.0.2.1/hook","description":"","event_types":["api_key.revoked"],"format":"json","private":false,"active":true,"previous_secret_expires_at":null,"created_at":"2026-11-22T03:04:38.937Z","updated_at":"2026-11-22T03:04:38.937Z"}',X'26359BD7B7F5E70FF9B6C533F7B27442428ABE58DB50C1F3A42F4102B491EF3A',X'816B30E867D09A58E899EFCA9ED4A63CD92A92B8676F6BE4C5A5E1105DE04805');
INSERT INTO "audit_log" VALUES(3,'aud_01M80KD0910001GR6JFSN45K2G',1795316678945,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','api_key.created','api_key','key_01M80KD0910000D84WHJKC38NC','proj_01M80KCZZAWCCYQHMQZG7VBN32','127.0.0.1','curl/7.88.1','d25be16c-eec5-47f2-9f59-290ee309c2c0',NULL,'{"id":"key_01M80KD0910000D84WHJKC38NC","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","name":"gone","description":"","prefix":"mlx_sk_mIWH","last_four":"1Bvj","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":null,"created_at":"2026-11-22T03:04:38.945Z"}',X'816B30E867D09A58E899EFCA9ED4A63CD92A92B8676F6BE4C5A5E1105DE04805',X'1854F61B8D21FDB3F35CEE9FA0DFF9098645F75BBC55A39BCE884180ADFB052A');
INSERT INTO "audit_log" VALUES(4,'aud_01M80KD0CT0000Z665BPRE5PSN',1795316679066,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','api_key.rotated','api_key','key_01M80KD0910000D84WHJKC38NC','proj_01M80KCZZAWCCYQHMQZG7VBN32','127.0.0.1','curl/7.88.1','a41e76f8-04ca-4c41-8883-754161dc10af','{"id":"key_01M80KD0910000D84WHJKC38NC","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","name":"gone","description":"","prefix":"mlx_sk_mIWH","last_four":"1Bvj","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":null,"created_at":"2026-11-22T03:04:38.945Z"}','{"id":"key_01M80KD0910000D84WHJKC38NC","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","name":"gone","description":"","prefix":"mlx_sk_IoYa","last_four":"XOyz","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":"2026-11-22T03:05:39.066Z","created_at":"2026-11-22T03:04:38.945Z"}',X'1854F61B8D21FDB3F35CEE9FA0DFF9098645F75BBC55A39BCE884180ADFB052A',X'45ACA0F957DF6D1F13B1ED3CD50D977E3EECE4E3C666F240C903E0469E48A7F3');
INSERT INTO "audit_log" VALUES(5,'aud_01M80KD0D40000Y27VAAW5HBYN',1795316679076,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','api_key.revoked','api_key','key_01M80KD0910000D84WHJKC38NC','proj_01M80KCZZAWCCYQHMQZG7VBN32','127.0.0.1','curl/7.88.1','d9819bf4-22c0-482e-ae38-9ef8255865da','{"id":"key_01M80KD0910000D84WHJKC38NC","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","name":"gone","description":"","prefix":"mlx_sk_IoYa","last_four":"XOyz","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":"2026-11-22T03:05:39.066Z","created_at":"2026-11-22T03:04:38.945Z"}','{"id":"key_01M80KD0910000D84WHJKC38NC","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","name":"gone","description":"","prefix":"mlx_sk_IoYa","last_four":"XOyz","status":"revoked","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":"2026-11-22T03:04:39.076Z","previous_expires_at":"2026-11-22T03:05:39.066Z","created_at":"2026-11-22T03:04:38.945Z"}',X'45ACA0F957DF6D1F13B1ED3CD50D977E3EECE4E3C666F240C903E0469E48A7F3',X'DC1B144EFF6CF6E1D9D4E483A0E5AD03A4F57EFC61ED0B91BA5DD8BDD4951843');
INSERT INTO "audit_log" VALUES(6,'aud_01M80KD0DF0000YFCS0NFP405Z',1795316679087,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','organization.updated','organization','org_01M80KCZZA4YJG3PXBR9BRA4R8','','127.0.0.1','curl/7.88.1','cfae65e3-333c-4ea3-a3f8-39db88016e10','{"id":"org_01M80KCZZA4YJG3PXBR9BRA4R8","name":"Default","slug":"default","plan":"self_hosted","ip_allowlist":[],"created_at":"2026-11-22T03:04:38.634Z"}','{"id":"org_01M80KCZZA4YJG3PXBR9BRA4R8","name":"Acme","slug":"default","plan":"self_hosted","ip_allowlist":["127.0.0.0/8"],"created_at":"2026-11-22T03:04:38.634Z"}',X'DC1B144EFF6CF6E1D9D4E483A0E5AD03A4F57EFC61ED0B91BA5DD8BDD4951843',X'F812856DAC1A666B444CB4E39CFA49C7142F56E650F107F806900B8ABE7E2694');
INSERT INTO "audit_log" VALUES(7,'aud_01M80KD0DT0001Q5QFS4T63NVX',1795316679098,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','project.created','project','proj_01M80KD0DT0000C732QC69N5M9','proj_01M80KD0DT0000C732QC69N5M9','127.0.0.1','curl/7.88.1','1f73e852-e189-4280-9bfb-f3d3cf98090f',NULL,'{"id":"proj_01M80KD0DT0000C732QC69N5M9","name":"Second","slug":"second","description":"","settings":{"auto_resolve_bare_model":true,"retain_payloads":false},"created_at":"2026-11-22T03:04:39.098Z","deleted_at":null}',X'F812856DAC1A666B444CB4E39CFA49C7142F56E650F107F806900B8ABE7E2694',X'4E86439F77D4BF19E6BF3AA2AF9F8381215A33DB0C0A73E23D408813ED64E1CD');
INSERT INTO "audit_log" VALUES(8,'aud_01M80KD0DT0002CJHXRKV158ED',1795316679098,'management_key','mkey_01M80KCZZA5QX8J9HG40ZQPA67','','routing_config.created','routing_config','rc_01M80KD0DTNKZKYXC4XDECN7EJ','proj_01M80KD0DT0000C732QC69N5M9','127.0.0.1','curl/7.88.1','1f73e852-e189-4280-9bfb-f3d3cf98090f',NULL,'{"id":"rc_01M80KD0DTNKZKYXC4XDECN7EJ","project_id":"proj_01M80KD0DT0000C732QC69N5M9","name":"Default","slug":"default","policy":"single","config":{"model":"demo-chat","provider_credential_id":"prov_01M80KCZZA22YRSJ11GEEBRZ48"},"version":1,"automatic":true,"created_at":"2026-11-22T03:04:39.098Z","updated_at":"2026-11-22T03:04:39.098Z"}',X'4E86439F77D4BF19E6BF3AA2AF9F8381215A33DB0C0A73E23D408813ED64E1CD',X'8B6912D5A1C0DAB120D103AE4F2CA471262F2881D570449C99CF70CBA11101FC');
CREATE TABLE idempotent_request (
  scope        BLOB PRIMARY KEY CHECK (length(scope) = 32),
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  answer       BLOB NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotent_request" VALUES(X'D6A23FA876A26D2069BD683371AD17D7EEF177212BA92C9B3F0459965D96119E',X'9BFF0ED80BFC94D15BC72CFCAF5E9EE8CD6D0D3E7A1F90ABF546B99E1330BC90',X'010201593A933B53F742B49F5516E46F37BDD2FB62950EB68E5D3343281C32DA0F0D75B1B1FE865EBA66863B5B209CD8F6191F5E8F78205FD7639BE8296233E0C099D6721AB076C19E90B9655886C1D315C10E2833E4AD752161000D583F38480D323A0410F2CB065598148F52E9A831CBD7D450BB67AA1FC8D9A32285B3113DFCD300DCE7F3CE2443498F6DA031EFA4D15F26D14A6378A47C9C4892989A563F23E43C450368536D372C958571FC2B3D337DFD061B1E7D52C8DFA71CED5FBA77EBA5B26FEBAB0861F52E70AA476286D37C995C8C649EA50E62D1C5A49EEBF87E58EE4234A2607CACDCBAE71495E5EE9959766B177578239C2DE884BE75841C4129DCF6CCD2789C0A527DFB91FE5365E6DF76D917EE80BF3FCF0AB24490C454A6D9104D0EE5CB2BA2738F17ED851F01FF02D5355F0147CCC256173AA7F8434D6C8CE665003825083590141CE6EC0F652CE8EBE99E02F8C25E98A990E7372C41BAD2820DDAB16F3F3063AFAED600DFBBEAA34E3969AB173FC375504312078F197F6A49741278D9A27C1F',1795316679098);
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
INSERT INTO "management_key" VALUES('mkey_01M80KCZZA5QX8J9HG40ZQPA67','org_01M80KCZZA4YJG3PXBR9BRA4R8','owner','owner',X'67784B84F65EA6F4CD36D1A94D960FCEF2A5FE2CAFF3FE8616595E465FDA30F7','mlx_mk_aCbs','g6v0',NULL,NULL,1795316678634,'','[]',NULL,NULL,'[]',NULL,NULL);
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
INSERT INTO "member" VALUES('mem_01M80KD08H0000S7YK99BGG43J','org_01M80KCZZA4YJG3PXBR9BRA4R8','ann@example.com','Ann','admin','[]',1795316678929,NULL);
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('audit_head',X'010201593A933B53F7DE9D4AF892244FE69A9219E3BE788A6C05C186CD1EE759976758389E76FACEC3B0C7FF35A99DDB657343CC3D105A813CC4EA670BE53A4BE366161D6122674BD8C49DEFD1E627B55B7D9386A58F43DF5E45DF06385EB7C653CCBC7ABF13F6');
INSERT INTO "meta" VALUES('config_version',7);
INSERT INTO "meta" VALUES('master_key_check',X'010201593A933B53F78C3B8BFC6E7113AA71510442F9CC170FC3F04CCD1A6C983DF5D246DF70943815D0003931');
CREATE TABLE organization (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'org_*'),
  name       TEXT NOT NULL,
  slug       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
, ip_allowlist TEXT NOT NULL DEFAULT '[]') STRICT, WITHOUT ROWID;
INSERT INTO "organization" VALUES('org_01M80KCZZA4YJG3PXBR9BRA4R8','Acme','default',1795316678634,'["127.0.0.0/8"]');
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
INSERT INTO "project" VALUES('proj_01M80KCZZAWCCYQHMQZG7VBN32','org_01M80KCZZA4YJG3PXBR9BRA4R8','Default','default','',1,0,1795316678634,NULL);
INSERT INTO "project" VALUES('proj_01M80KD0DT0000C732QC69N5M9','org_01M80KCZZA4YJG3PXBR9BRA4R8','Second','second','',1,0,1795316679098,NULL);
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
INSERT INTO "provider" VALUES('prov_01M80KCZZA22YRSJ11GEEBRZ48','demo','demo',NULL,NULL,0,1,'demo-chat',1795316678634,1795316678634,NULL);
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
INSERT INTO "routing_config" VALUES('rc_01M80KCZZAM1YRNPB9WN4RH6T0','proj_01M80KCZZAWCCYQHMQZG7VBN32','default',1,1,1795316678634,1795316678634,NULL);
INSERT INTO "routing_config" VALUES('rc_01M80KD0DTNKZKYXC4XDECN7EJ','proj_01M80KD0DT0000C732QC69N5M9','default',1,1,1795316679098,1795316679098,NULL);
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
INSERT INTO "routing_config_version" VALUES('rc_01M80KCZZAM1YRNPB9WN4RH6T0',1,'Default','single','{"model":"demo-chat","provider_credential_id":"prov_01M80KCZZA22YRSJ11GEEBRZ48"}','system','created with the project',1795316678634);
INSERT INTO "routing_config_version" VALUES('rc_01M80KD0DTNKZKYXC4XDECN7EJ',1,'Default','single','{"model":"demo-chat","provider_credential_id":"prov_01M80KCZZA22YRSJ11GEEBRZ48"}','system','created with the project',1795316679098);
CREATE TABLE schema_migration (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "schema_migration" VALUES('0001_init.sql','f589851eaca655dd1515df7faae8ce0bfb1b38a3d29d9e86eb5dbc0a15ccdc39',1795316678624);
INSERT INTO "schema_migration" VALUES('0002_governance.sql','cd3c95ff4fa65b0c5ccbb3aa64ed7fa36a7d9c4cc79eb948282a473454a319bd',1795316678624);
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
INSERT INTO "webhook_delivery" VALUES('whd_01M80KD0D4V9R4SRBPTNB27DHQ','whe_01M80KD08S0000TNY0CBP66RFY','evt_01M80KD0D4E1TY6AWFTPWEH6AE','api_key.revoked','pending',1,1795316689077,1795403079076,1795316679077,NULL,'egress_refused',1795316679076,NULL);
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
INSERT INTO "webhook_endpoint" VALUES('whe_01M80KD08S0000TNY0CBP66RFY','org_01M80KCZZA4YJG3PXBR9BRA4R8','https://192.0.2.1/hook','','["api_key.revoked"]','json',0,1,X'010201593A933B53F78E1D360F5A8DAA08C276BE0DCF8B638AD0ECDA8FDF029F2302E5C27961BFF9B470C0D53955D02DE8DD1CF3460D1F7C61CCE1D36CE225F45FD1160CCA295AFD76E2426C54E0B1676635D7',NULL,NULL,1795316678937,1795316678937,NULL);
CREATE TABLE webhook_event (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'evt_*'),
  type       TEXT NOT NULL,
  project_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body       TEXT NOT NULL  -- the envelope, as it is sent and signed
) STRICT, WITHOUT ROWID;
INSERT INTO "webhook_event" VALUES('evt_01M80KD0D4E1TY6AWFTPWEH6AE','api_key.revoked','proj_01M80KCZZAWCCYQHMQZG7VBN32',1795316679076,'{"id":"evt_01M80KD0D4E1TY6AWFTPWEH6AE","type":"api_key.revoked","created_at":"2026-11-22T03:04:39.076Z","org_id":"org_01M80KCZZA4YJG3PXBR9BRA4R8","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","data":{"api_key_id":"key_01M80KD0910000D84WHJKC38NC","id":"key_01M80KD0910000D84WHJKC38NC","project_id":"proj_01M80KCZZAWCCYQHMQZG7VBN32","name":"gone","description":"","prefix":"mlx_sk_IoYa","last_four":"XOyz","status":"revoked","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":"2026-11-22T03:04:39.076Z","previous_expires_at":"2026-11-22T03:05:39.066Z","created_at":"2026-11-22T03:04:38.945Z"}}');
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
CREATE INDEX audit_log_project ON audit_log (project_id);
CREATE INDEX audit_log_action ON audit_log (action);
CREATE INDEX audit_log_type ON audit_log (resource_type);
CREATE INDEX audit_log_resource ON audit_log (resource_id);
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
