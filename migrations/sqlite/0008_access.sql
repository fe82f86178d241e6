-- Access to the learning records -----------------------------------------------------------------------------------------

-- How much a credential or token was used, a row a day (in the zone of the organisation, as YYYY-MM-DD). Counted in memory
-- and added here now and then: no request waits for it. `holder` is the key of a credential or the id of a token.
CREATE TABLE lrs_use (
    holder  TEXT NOT NULL,
    day     TEXT NOT NULL,
    reads   INTEGER NOT NULL,
    writes  INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (holder, day)
) WITHOUT ROWID;
CREATE INDEX lrs_use_day ON lrs_use (day);

-- A secret that was replaced may go on for a while, so that a tool can be told the new one without a gap. `rate` is the most
-- requests a second, if it is not the configured one.
ALTER TABLE lrs_credential ADD COLUMN previous_hash BLOB;
ALTER TABLE lrs_credential ADD COLUMN previous_until INTEGER;
ALTER TABLE lrs_credential ADD COLUMN rate INTEGER;
ALTER TABLE api_token ADD COLUMN previous_hash BLOB;
ALTER TABLE api_token ADD COLUMN previous_until INTEGER;
ALTER TABLE api_token ADD COLUMN rate INTEGER;
CREATE INDEX api_token_previous ON api_token (previous_hash) WHERE previous_hash IS NOT NULL;

-- The units whose records somebody of human resources may read; who has none reads about everybody.
CREATE TABLE hr_unit (
    person_id   BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    org_unit_id BLOB NOT NULL REFERENCES org_unit (id),
    PRIMARY KEY (person_id, org_unit_id)
) WITHOUT ROWID;
