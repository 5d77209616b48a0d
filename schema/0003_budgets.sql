-- Money: budgets with their alerts and events, prepaid balances, and the ledger's buckets. Amounts
-- are nano-dollars, tokens or requests, by the budget's unit.

-- Whether budgets bind requests that name a provider or a bare model instead of a routing config.
ALTER TABLE project ADD COLUMN budget_bare_models INTEGER NOT NULL DEFAULT 1
  CHECK (budget_bare_models IN (0, 1));

CREATE TABLE budget (
  id              TEXT PRIMARY KEY CHECK (id GLOB 'bud_*'),
  organization_id TEXT NOT NULL REFERENCES organization (id),
  -- Binds this project's requests only; NULL: those of every project.
  project_id      TEXT REFERENCES project (id),
  name            TEXT NOT NULL CHECK (length(name) > 0),
  scope           TEXT NOT NULL CHECK (scope IN ('organization', 'project', 'api_key', 'end_user',
                    'tag', 'routing_config', 'provider', 'model')),
  tag_key         TEXT NOT NULL DEFAULT '' CHECK ((scope = 'tag') = (tag_key <> '')),
  -- What the scope's dimension must be; NULL: a bucket of its own for every distinct value.
  value           TEXT,
  unit            TEXT NOT NULL CHECK (unit IN ('usd', 'tokens', 'requests', 'concurrency')),
  cap             INTEGER NOT NULL CHECK (cap >= 0),
  period          TEXT NOT NULL
                    CHECK (period IN ('minute', 'hour', 'daily', 'weekly', 'monthly', 'total')),
  reset_day       INTEGER NOT NULL DEFAULT 1 CHECK (reset_day BETWEEN 1 AND 31),
  timezone        TEXT NOT NULL DEFAULT 'UTC',
  soft_cap_pct    INTEGER NOT NULL DEFAULT 80 CHECK (soft_cap_pct BETWEEN 1 AND 100),
  action          TEXT NOT NULL CHECK (action IN ('block', 'downgrade', 'warn_only')),
  downgrade_to    TEXT NOT NULL DEFAULT '' CHECK ((action = 'downgrade') = (downgrade_to <> '')),
  enabled         INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX budget_name ON budget (organization_id, ifnull(project_id, ''), name)
  WHERE deleted_at IS NULL;

-- Who is told at which share of the cap, beside the webhook events that 80 and 100 % always give.
CREATE TABLE budget_alert (
  id            TEXT PRIMARY KEY CHECK (id GLOB 'balt_*'),
  budget_id     TEXT NOT NULL REFERENCES budget (id),
  threshold_pct INTEGER NOT NULL CHECK (threshold_pct BETWEEN 1 AND 1000),
  channels      TEXT NOT NULL,  -- JSON array of {"type","target"}
  created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX budget_alert_budget ON budget_alert (budget_id, id);

-- What happened to a budget: thresholds reached, caps exceeded, amounts recovered after a crash.
CREATE TABLE budget_event (
  id            TEXT PRIMARY KEY CHECK (id GLOB 'bevt_*'),
  account_id    TEXT NOT NULL,
  type          TEXT NOT NULL,
  value         TEXT NOT NULL,  -- of the bucket
  period_start  INTEGER NOT NULL,
  threshold_pct INTEGER,
  spent         INTEGER NOT NULL,
  cap           INTEGER NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX budget_event_account ON budget_event (account_id, id);

-- The ledger (lib/budget/ledger.h): one row a budget or balance, distinct value and period.
-- `leased` is never less than settled + reserved in memory: after a crash it is what counts.
CREATE TABLE ledger_bucket (
  account_id   TEXT NOT NULL,
  value        TEXT NOT NULL,  -- '' where the budget has one bucket
  period_start INTEGER NOT NULL,
  period_end   INTEGER NOT NULL,
  settled      INTEGER NOT NULL,
  leased       INTEGER NOT NULL CHECK (leased >= settled),
  requests     INTEGER NOT NULL,  -- settled ones
  alerted_pct  INTEGER NOT NULL DEFAULT 0,  -- the highest threshold that was told of
  updated_at   INTEGER NOT NULL,
  PRIMARY KEY (account_id, value, period_start)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_bucket_end ON ledger_bucket (period_end);
-- What a crash leaves behind, and the buckets in use.
CREATE INDEX ledger_bucket_leased ON ledger_bucket (account_id) WHERE leased > settled;

-- Prepaid balances: what is spent by a project or a key draws on what was put in.
CREATE TABLE balance (
  id                TEXT PRIMARY KEY CHECK (id GLOB 'bal_*'),
  organization_id   TEXT NOT NULL REFERENCES organization (id),
  project_id        TEXT NOT NULL REFERENCES project (id),
  api_key_id        TEXT REFERENCES api_key (id),  -- NULL: of the whole project
  credit            INTEGER NOT NULL DEFAULT 0 CHECK (credit >= 0),  -- the sum of its entries
  low_threshold     INTEGER NOT NULL CHECK (low_threshold >= 0),
  daily_cap         INTEGER CHECK (daily_cap >= 0),
  timezone          TEXT NOT NULL DEFAULT 'UTC',
  alerted           INTEGER NOT NULL DEFAULT 0 CHECK (alerted IN (0, 1)),
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  deleted_at        INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX balance_holder ON balance (project_id, ifnull(api_key_id, ''))
  WHERE deleted_at IS NULL;

CREATE TABLE balance_entry (
  id         TEXT PRIMARY KEY CHECK (id GLOB 'bent_*'),
  balance_id TEXT NOT NULL REFERENCES balance (id),
  type       TEXT NOT NULL CHECK (type IN ('top_up', 'refund', 'adjustment')),
  amount     INTEGER NOT NULL CHECK (amount <> 0),
  note       TEXT NOT NULL DEFAULT '',
  actor_id   TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX balance_entry_balance ON balance_entry (balance_id, id);

CREATE TRIGGER balance_entry_fixed BEFORE UPDATE ON balance_entry
BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;

CREATE TRIGGER balance_entry_kept BEFORE DELETE ON balance_entry
BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
