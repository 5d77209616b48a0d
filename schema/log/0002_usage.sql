-- More kinds of usage, how the request was charged, and what became of the money reserved for it.
-- `priced` now holds model::PriceBasis: what was 1 is the catalogue, what was 0 is unknown.
ALTER TABLE request_log ADD COLUMN input_image INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN input_cache_read_audio INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN input_cache_read_image INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN output_image INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN web_searches INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN images INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN audio_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
-- As the provider says, who may say anything: not in the dictionary.
ALTER TABLE request_log ADD COLUMN service_tier TEXT;
-- The rates applied (lib/pricing/charge.h), of which there are as many as prices: in the dictionary.
ALTER TABLE request_log ADD COLUMN charge_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN cost_reserved_nanos INTEGER NOT NULL DEFAULT 0;
ALTER TABLE request_log ADD COLUMN settlement INTEGER NOT NULL DEFAULT 0;  -- model::Settlement
ALTER TABLE request_log ADD COLUMN settlement_reason TEXT;
