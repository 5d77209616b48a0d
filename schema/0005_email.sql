-- E-mail on its way: what alerts say to people. Written in the transaction of what happened; the
-- sender takes it from here, so that a crash loses none.

CREATE TABLE email_outbox (
  id              TEXT PRIMARY KEY CHECK (id GLOB 'eml_*'),
  recipient       TEXT NOT NULL,
  subject         TEXT NOT NULL,
  body            TEXT NOT NULL,
  status          TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  give_up_at      INTEGER NOT NULL,
  error           TEXT NOT NULL DEFAULT '',  -- of the last attempt
  created_at      INTEGER NOT NULL,
  sent_at         INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX email_outbox_due ON email_outbox (next_attempt_at) WHERE status = 'pending';
