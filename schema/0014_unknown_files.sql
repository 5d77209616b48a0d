-- What becomes of requests that name a file which nobody of the project has uploaded here.
ALTER TABLE project ADD COLUMN unknown_files TEXT NOT NULL DEFAULT 'refuse'
  CHECK (unknown_files IN ('refuse', 'pass'));
