-- Placeholder on the branch `analytics`; the real one comes with the branch `prices`.
SELECT 1;
