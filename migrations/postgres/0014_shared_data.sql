-- Data that activities share ---------------------------------------------------------------------------------------------

-- What content put into the shared stores of SCORM 2004 (`adl.data`). Without a registration it is the learner's in every
-- course; `place` is a digest of both, because the name of a store may be 4,000 characters long. `value` is a JSON string.
CREATE TABLE shared_data (
    person_id       UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    place           BYTEA NOT NULL,
    registration_id UUID REFERENCES registration (id) ON DELETE CASCADE,
    target          TEXT NOT NULL,
    value           TEXT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (person_id, place)
);
CREATE INDEX shared_data_registration ON shared_data (registration_id);
