-- What becomes of what a request says and its target cannot express.
ALTER TABLE project ADD COLUMN unsupported_parameters TEXT NOT NULL DEFAULT 'drop'
  CHECK (unsupported_parameters IN ('drop', 'refuse'));
