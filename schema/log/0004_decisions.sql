-- What was decided for each request, as JSON (lib/trace/decision_json.h); NULL when nothing was.
-- Beside the bodies and not in the row: a list that looks for few rows reads past many, and a
-- kilobyte in each of them would make that four times as slow.
ALTER TABLE request_payload ADD COLUMN decision TEXT;

-- The variant of an experiment that served; in dictionary.
ALTER TABLE request_log ADD COLUMN ab_variant_id INTEGER NOT NULL DEFAULT 0;
