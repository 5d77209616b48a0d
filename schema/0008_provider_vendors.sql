-- Providers of many vendors: what some of them want to know beside an address, and credentials that
-- are more than a key.

-- JSON: region, project, location, api_version, deployments; what is not given is not in it.
ALTER TABLE provider ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- JSON, AES-256-GCM; NULL when the api_key is all there is, and wiped when the provider is deleted.
ALTER TABLE provider ADD COLUMN credentials BLOB;
