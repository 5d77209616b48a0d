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
INSERT INTO "api_key" VALUES('key_01M80JZ05WWQT51MA7QCF5F19N','proj_01M80JZ05WRWNAD4HPDNJX20RZ','default','',X'1BCF1600F39C6F978187522C0C8F81F34B17FD9DBEE0068B0D68E047E7C87439','mlx_sk_LdaR','oQcR',NULL,NULL,NULL,1795316220092,'[]','[]',NULL,NULL);
INSERT INTO "api_key" VALUES('key_01M80JZ0G000001DMPNZPH7XS2','proj_01M80JZ05WRWNAD4HPDNJX20RZ','gone','',X'D5E49D487677970F6E757F422831B11172946F4A884FC36F69B02BA313E2DED4','mlx_sk_fvg4','PAHF',NULL,NULL,1795316220529,1795316220416,'["@a"]','["10.0.0.0/8"]',X'8FB943649A10CA041934AE611BAC5F10C5A5EE83048E78BD50A4B7A62BC4B9D2',1795316280521);
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
INSERT INTO "audit_log" VALUES(1,'aud_01M80JZ0FE0001HFJJ94A3KYV4',1795316220398,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','member.created','member','mem_01M80JZ0FE0000ZYVHJW7Z905V','','127.0.0.1','curl/7.88.1','d6530180-1df4-4342-8035-ed83c46ab5ed',NULL,'{"id":"mem_01M80JZ0FE0000ZYVHJW7Z905V","email":"ann@example.com","name":"Ann","role":"admin","project_ids":[],"status":"active","created_at":"2026-11-22T02:57:00.398Z","removed_at":null}',X'0000000000000000000000000000000000000000000000000000000000000000',X'A8350D401B68D3C8E62BBE678273C7B5E23E6D93114811E2DEFC082937A2AC33');
INSERT INTO "audit_log" VALUES(2,'aud_01M80JZ0FQ0001QXPG92NQXGCY',1795316220407,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','webhook_endpoint.created','webhook_endpoint','whe_01M80JZ0FQ000069RQP8S2Z7MV','','127.0.0.1','curl/7.88.1','4c4990dc-c67f-47cc-aa8d-fd282cb28bbb',NULL,'{"id":"whe_01M80JZ0FQ000069RQP8S2Z7MV","url":"https://192.0.2.1/hook","description":"","event_types":["api_key.revoked"],"format":"json","private":false,"active":true,"previous_secret_expires_at":null,"created_at":"2026-11-22T02:57:00.407Z","updated_at":"2026-11-22T02:57:00.407Z"}',X'A8350D401B68D3C8E62BBE678273C7B5E23E6D93114811E2DEFC082937A2AC33',X'80A0057999E93E8CFE5F5E52BABE0D280826FDEEE24EDE36C8B06F4CD5D5D968');
INSERT INTO "audit_log" VALUES(3,'aud_01M80JZ0G00001X4BAYQ6NZDRN',1795316220416,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','api_key.created','api_key','key_01M80JZ0G000001DMPNZPH7XS2','proj_01M80JZ05WRWNAD4HPDNJX20RZ','127.0.0.1','curl/7.88.1','b7f18982-cbbe-427e-b4bf-9104eb7bcf6d',NULL,'{"id":"key_01M80JZ0G000001DMPNZPH7XS2","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","name":"gone","description":"","prefix":"mlx_sk_Bnnl","last_four":"2cZa","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":null,"created_at":"2026-11-22T02:57:00.416Z"}',X'80A0057999E93E8CFE5F5E52BABE0D280826FDEEE24EDE36C8B06F4CD5D5D968',X'A6C1B56344D3A22EAF74388F7A5B20BA2F09FF23C69D48CCE257923AED8EF141');
INSERT INTO "audit_log" VALUES(4,'aud_01M80JZ0K90000B0CAK8PN2F8J',1795316220521,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','api_key.rotated','api_key','key_01M80JZ0G000001DMPNZPH7XS2','proj_01M80JZ05WRWNAD4HPDNJX20RZ','127.0.0.1','curl/7.88.1','6ab21fa8-a077-4201-b8b6-6f15de775538','{"id":"key_01M80JZ0G000001DMPNZPH7XS2","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","name":"gone","description":"","prefix":"mlx_sk_Bnnl","last_four":"2cZa","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":null,"created_at":"2026-11-22T02:57:00.416Z"}','{"id":"key_01M80JZ0G000001DMPNZPH7XS2","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","name":"gone","description":"","prefix":"mlx_sk_fvg4","last_four":"PAHF","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":"2026-11-22T02:58:00.521Z","created_at":"2026-11-22T02:57:00.416Z"}',X'A6C1B56344D3A22EAF74388F7A5B20BA2F09FF23C69D48CCE257923AED8EF141',X'E75125A0C960D3E29F5A1EB4A73D7900F89CE722DC9040897A249B149CD48D8B');
INSERT INTO "audit_log" VALUES(5,'aud_01M80JZ0KH0000K6ZYV5BFE06J',1795316220529,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','api_key.revoked','api_key','key_01M80JZ0G000001DMPNZPH7XS2','proj_01M80JZ05WRWNAD4HPDNJX20RZ','127.0.0.1','curl/7.88.1','d1145706-4d8c-4a0f-ba61-1e96bc1d49d9','{"id":"key_01M80JZ0G000001DMPNZPH7XS2","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","name":"gone","description":"","prefix":"mlx_sk_fvg4","last_four":"PAHF","status":"active","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":null,"previous_expires_at":"2026-11-22T02:58:00.521Z","created_at":"2026-11-22T02:57:00.416Z"}','{"id":"key_01M80JZ0G000001DMPNZPH7XS2","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","name":"gone","description":"","prefix":"mlx_sk_fvg4","last_four":"PAHF","status":"revoked","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":"2026-11-22T02:57:00.529Z","previous_expires_at":"2026-11-22T02:58:00.521Z","created_at":"2026-11-22T02:57:00.416Z"}',X'E75125A0C960D3E29F5A1EB4A73D7900F89CE722DC9040897A249B149CD48D8B',X'C97D3D175A9A4E429D9F9C37BFC44EC3F3472A10AABC9BE0540515B4E9386D69');
INSERT INTO "audit_log" VALUES(6,'aud_01M80JZ0KS0000DEJMHW0GQ7KS',1795316220537,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','organization.updated','organization','org_01M80JZ05WBA52EM69QB1KFXH3','','127.0.0.1','curl/7.88.1','02d95fb4-988b-401d-a883-0f8b8f97a36d','{"id":"org_01M80JZ05WBA52EM69QB1KFXH3","name":"Default","slug":"default","plan":"self_hosted","ip_allowlist":[],"created_at":"2026-11-22T02:57:00.092Z"}','{"id":"org_01M80JZ05WBA52EM69QB1KFXH3","name":"Acme","slug":"default","plan":"self_hosted","ip_allowlist":["127.0.0.0/8"],"created_at":"2026-11-22T02:57:00.092Z"}',X'C97D3D175A9A4E429D9F9C37BFC44EC3F3472A10AABC9BE0540515B4E9386D69',X'8F850D87FC750ADDBDD9D98C1716F86126D67FEBE2B3C88EAC8BA6CC6FBF28EA');
INSERT INTO "audit_log" VALUES(7,'aud_01M80JZ0M30001KMBW3688Z5T0',1795316220547,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','project.created','project','proj_01M80JZ0M30000FE9HYG3HPJ92','proj_01M80JZ0M30000FE9HYG3HPJ92','127.0.0.1','curl/7.88.1','8b4a7035-c59e-4b0c-b390-898a47bc59dd',NULL,'{"id":"proj_01M80JZ0M30000FE9HYG3HPJ92","name":"Second","slug":"second","description":"","settings":{"auto_resolve_bare_model":true,"retain_payloads":false},"created_at":"2026-11-22T02:57:00.547Z","deleted_at":null}',X'8F850D87FC750ADDBDD9D98C1716F86126D67FEBE2B3C88EAC8BA6CC6FBF28EA',X'8CBFF37BDBDAB8D576B76086F04D34D6AD7C1767CA1D25137496086CDF21683F');
INSERT INTO "audit_log" VALUES(8,'aud_01M80JZ0M30002RBQQ58JPW7EZ',1795316220547,'management_key','mkey_01M80JZ05WC95RFXG6WTVVP7EN','','routing_config.created','routing_config','rc_01M80JZ0M3GDK50C5DTR5GQPFC','proj_01M80JZ0M30000FE9HYG3HPJ92','127.0.0.1','curl/7.88.1','8b4a7035-c59e-4b0c-b390-898a47bc59dd',NULL,'{"id":"rc_01M80JZ0M3GDK50C5DTR5GQPFC","project_id":"proj_01M80JZ0M30000FE9HYG3HPJ92","name":"Default","slug":"default","policy":"single","config":{"model":"demo-chat","provider_credential_id":"prov_01M80JZ05WWSJHEG5D0YGGWMR5"},"version":1,"automatic":true,"created_at":"2026-11-22T02:57:00.547Z","updated_at":"2026-11-22T02:57:00.547Z"}',X'8CBFF37BDBDAB8D576B76086F04D34D6AD7C1767CA1D25137496086CDF21683F',X'8B02A207F2DC6B02E4CA9DAD600F97306016830E951B6464327AF86BB90E4167');
CREATE TABLE idempotent_request (
  scope        BLOB PRIMARY KEY CHECK (length(scope) = 32),
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  answer       BLOB NOT NULL,
  created_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "idempotent_request" VALUES(X'70FF8CA196B5830347A758803191858F04156A830E3537905488A77D0EF457D1',X'9BFF0ED80BFC94D15BC72CFCAF5E9EE8CD6D0D3E7A1F90ABF546B99E1330BC90',X'010201593A933B53F76A52C3C86A0AEB405B767AA5B526A18CADFBFF2FE23BB7FB9B88E3351CA99875CD6CC1604684A897935FF8C0CABB994EA16BC6DCEDE945B7400F20A655B84F839C467305C97FC05FB50DE2C4D2CA85AF3BC882AEB9F3637EDA0C6DE31DB16041D703959B1016B8276AD2DB3F963183F26B555D2E0EBFFE9F4E4CDEDBB36F3BEA0A9F34A1B62743D476AE3E652FC9FA8ED59672669F81C674A91FBF9D157608517B6A44193AA62E2643CFA6897E24C67973F22460CB251225688103DCD1A7C45E02CF06AA13E1C30373A2F18F9FDD5A6B96B60AC064A7EE6118F5A3C68C1BCC472533ED579322C70BCE2D311977B1A042F3069EC89DEB563AAC9635DB82865493D6248E146E9191C9F5AD139E3094F59FC500F904037A280B77CFC7072C83ACC25C4AB6307A589194B94D640A9E1FE18F24C17ABDC1EE6C1A36D876250A850942141F29E649F096BDDE7391E8D19809BCE269097A6A44DC2E39709F5C9F4355FC95AA9F7289B134BB3F78D201974CC15558D90256841F6D264EBE82787DCF7F15',1795316220547);
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
INSERT INTO "management_key" VALUES('mkey_01M80JZ05WC95RFXG6WTVVP7EN','org_01M80JZ05WBA52EM69QB1KFXH3','owner','owner',X'83AB1B8C27E57BE1502EC873F05C6000273E909DA40D899DD3A3AE41497E2985','mlx_mk_Eqf8','uYY3',NULL,NULL,1795316220092,'','[]',NULL,NULL,'[]',NULL,NULL);
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
INSERT INTO "member" VALUES('mem_01M80JZ0FE0000ZYVHJW7Z905V','org_01M80JZ05WBA52EM69QB1KFXH3','ann@example.com','Ann','admin','[]',1795316220398,NULL);
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('audit_head',X'010201593A933B53F70C38AD06F0D49473ACA3605145CF475E8C6D60D6C831EE9AFE67C72E7AA9A1D93D1279DFEFDFAD1C9DE390861A9DCDD4C2273075EF2B049EDDB4CCB144EED7BA347A896BFAC19CCAC656B18032BCF2706AA34F756F2109A9627A4671468C');
INSERT INTO "meta" VALUES('config_version',7);
INSERT INTO "meta" VALUES('master_key_check',X'010201593A933B53F76D4A73305C732E3EE0DE47D56F8D50128067EDEF4AB66B259117CFB47353C7B7BE86E46D');
CREATE TABLE organization (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'org_*'),
  name       TEXT NOT NULL,
  slug       TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
, ip_allowlist TEXT NOT NULL DEFAULT '[]') STRICT, WITHOUT ROWID;
INSERT INTO "organization" VALUES('org_01M80JZ05WBA52EM69QB1KFXH3','Acme','default',1795316220092,'["127.0.0.0/8"]');
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
INSERT INTO "project" VALUES('proj_01M80JZ05WRWNAD4HPDNJX20RZ','org_01M80JZ05WBA52EM69QB1KFXH3','Default','default','',1,0,1795316220092,NULL);
INSERT INTO "project" VALUES('proj_01M80JZ0M30000FE9HYG3HPJ92','org_01M80JZ05WBA52EM69QB1KFXH3','Second','second','',1,0,1795316220547,NULL);
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
INSERT INTO "provider" VALUES('prov_01M80JZ05WWSJHEG5D0YGGWMR5','demo','demo',NULL,NULL,0,1,'demo-chat',1795316220092,1795316220092,NULL);
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
INSERT INTO "routing_config" VALUES('rc_01M80JZ05W4VVQBH0RTKJEQ5CK','proj_01M80JZ05WRWNAD4HPDNJX20RZ','default',1,1,1795316220092,1795316220092,NULL);
INSERT INTO "routing_config" VALUES('rc_01M80JZ0M3GDK50C5DTR5GQPFC','proj_01M80JZ0M30000FE9HYG3HPJ92','default',1,1,1795316220547,1795316220547,NULL);
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
INSERT INTO "routing_config_version" VALUES('rc_01M80JZ05W4VVQBH0RTKJEQ5CK',1,'Default','single','{"model":"demo-chat","provider_credential_id":"prov_01M80JZ05WWSJHEG5D0YGGWMR5"}','system','created with the project',1795316220092);
INSERT INTO "routing_config_version" VALUES('rc_01M80JZ0M3GDK50C5DTR5GQPFC',1,'Default','single','{"model":"demo-chat","provider_credential_id":"prov_01M80JZ05WWSJHEG5D0YGGWMR5"}','system','created with the project',1795316220547);
CREATE TABLE schema_migration (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "schema_migration" VALUES('0001_init.sql','f589851eaca655dd1515df7faae8ce0bfb1b38a3d29d9e86eb5dbc0a15ccdc39',1795316220082);
INSERT INTO "schema_migration" VALUES('0002_governance.sql','cd3c95ff4fa65b0c5ccbb3aa64ed7fa36a7d9c4cc79eb948282a473454a319bd',1795316220082);
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
INSERT INTO "webhook_delivery" VALUES('whd_01M80JZ0KHZCNPXAQNPNHPZGZ9','whe_01M80JZ0FQ000069RQP8S2Z7MV','evt_01M80JZ0KHFTYV1Y1NAD889NJN','api_key.revoked','pending',1,1795316230531,1795402620529,1795316220531,NULL,'egress_refused',1795316220529,NULL);
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
INSERT INTO "webhook_endpoint" VALUES('whe_01M80JZ0FQ000069RQP8S2Z7MV','org_01M80JZ05WBA52EM69QB1KFXH3','https://192.0.2.1/hook','','["api_key.revoked"]','json',0,1,X'010201593A933B53F7664B3EA7C0937B61AB423719F4572EAC3C57931BBDB0AB478D5946336AFFA1ED9CEA3A79E0C028512AE38FE3317C604EB041695D548E39FEBD5F22898BC3C1EB521BFF33A6FCD8F343D9',NULL,NULL,1795316220407,1795316220407,NULL);
CREATE TABLE webhook_event (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'evt_*'),
  type       TEXT NOT NULL,
  project_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body       TEXT NOT NULL  -- the envelope, as it is sent and signed
) STRICT, WITHOUT ROWID;
INSERT INTO "webhook_event" VALUES('evt_01M80JZ0KHFTYV1Y1NAD889NJN','api_key.revoked','proj_01M80JZ05WRWNAD4HPDNJX20RZ',1795316220529,'{"id":"evt_01M80JZ0KHFTYV1Y1NAD889NJN","type":"api_key.revoked","created_at":"2026-11-22T02:57:00.529Z","org_id":"org_01M80JZ05WBA52EM69QB1KFXH3","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","data":{"api_key_id":"key_01M80JZ0G000001DMPNZPH7XS2","id":"key_01M80JZ0G000001DMPNZPH7XS2","project_id":"proj_01M80JZ05WRWNAD4HPDNJX20RZ","name":"gone","description":"","prefix":"mlx_sk_fvg4","last_four":"PAHF","status":"revoked","rate_limit_rpm":null,"allowed_models":["@a"],"ip_allowlist":["10.0.0.0/8"],"expires_at":null,"revoked_at":"2026-11-22T02:57:00.529Z","previous_expires_at":"2026-11-22T02:58:00.521Z","created_at":"2026-11-22T02:57:00.416Z"}}');
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
