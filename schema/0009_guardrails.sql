-- Guardrails: what a project's requests and answers are checked for.

-- A JSON array of rules (lib/guard/README.md); '' is none.
ALTER TABLE project ADD COLUMN guardrails TEXT NOT NULL DEFAULT ''
  CHECK (guardrails = '' OR guardrails GLOB '[[]*]');
-- What requests to the webhooks among them are signed with, by rule: a sealed JSON object.
ALTER TABLE project ADD COLUMN guardrail_secrets BLOB;
