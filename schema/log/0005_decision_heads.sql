-- The first line of a decision that has two (lib/trace/stored_decision.h), which is the same for many
-- requests; in dictionary. 0: `decision` is the whole.
ALTER TABLE request_payload ADD COLUMN decision_head_id INTEGER NOT NULL DEFAULT 0;
