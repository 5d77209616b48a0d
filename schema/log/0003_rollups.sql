-- Roll-ups: what reports read instead of rows. They outlive the rows (lib/store/README.md).

-- One row for each hour and each day (grain 1 and 2; bucket = number of hours or days since the
-- epoch, UTC), project and kind (1 routes, 2 end users, 3 tags). `entries` holds all combinations of
-- that bucket in one blob (lib/store/rollup_pack.h), so that a month of them is read in
-- milliseconds; `totals` is their sum, for reports that need no more.
CREATE TABLE rollup (
  id         INTEGER PRIMARY KEY,
  kind       INTEGER NOT NULL,
  grain      INTEGER NOT NULL,
  bucket     INTEGER NOT NULL,
  project_id INTEGER NOT NULL,            -- in dictionary
  folded     INTEGER NOT NULL DEFAULT 0,  -- of an hour: its day has it too
  totals     BLOB NOT NULL,
  entries    BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX rollup_place ON rollup (kind, grain, bucket, project_id);
CREATE INDEX rollup_unfolded ON rollup (bucket) WHERE grain = 1 AND folded = 0;

-- Texts that callers invent (models, end users, tags), as the entries refer to them. How many new
-- ones a bucket admits is bounded; one goes when no day that used it is kept. 1 stands for all that
-- a full bucket did not admit.
CREATE TABLE rollup_text (
  id       INTEGER PRIMARY KEY,
  text     TEXT NOT NULL UNIQUE,
  last_day INTEGER NOT NULL
) STRICT;

CREATE INDEX rollup_text_last_day ON rollup_text (last_day);
INSERT INTO rollup_text (id, text, last_day) VALUES (1, '(other)', 9223372036854775807);

-- Rows that are logged and not yet in a roll-up: a row here for each batch, in its transaction, so
-- that a crash between the two loses nothing. `ids` are ids of request_log, as varint differences.
CREATE TABLE rollup_pending (
  id  INTEGER PRIMARY KEY,
  ids BLOB NOT NULL
) STRICT;

-- Rows from before this migration, rolled up in pieces: those with next_id <= id < end_id.
CREATE TABLE rollup_backlog (
  next_id INTEGER NOT NULL,
  end_id  INTEGER NOT NULL
) STRICT;
INSERT INTO rollup_backlog (next_id, end_id)
  SELECT min(id), max(id) + 1 FROM request_log HAVING count(*) > 0;
