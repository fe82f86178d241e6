-- xAPI Profiles (IEEE 9274.2.1), a row a version: the document, and how far the statements that name it have been checked.
-- `round` counts the checks begun anew; `checked_through` is the number of the last statement looked at in this one.
CREATE TABLE xapi_profile (
    id              BLOB PRIMARY KEY,
    profile_iri     TEXT NOT NULL,
    version_iri     TEXT NOT NULL UNIQUE,
    generated_at    INTEGER NOT NULL,
    names           TEXT NOT NULL,
    document        TEXT NOT NULL,
    in_force        BOOLEAN NOT NULL,
    loaded_at       INTEGER NOT NULL,
    round           INTEGER NOT NULL,
    checked_through INTEGER NOT NULL,
    checked_at      INTEGER
);
CREATE INDEX xapi_profile_profile ON xapi_profile (profile_iri);

-- How many statements of a day (20261122, by the time of storing) came to what: `place` is a JSON pointer into the document,
-- empty for the profile as a whole.
CREATE TABLE xapi_profile_tally (
    profile_id BLOB NOT NULL REFERENCES xapi_profile (id) ON DELETE CASCADE,
    day        INTEGER NOT NULL,
    place      TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('checked', 'broken', 'unmatched')),
    statements INTEGER NOT NULL,
    PRIMARY KEY (profile_id, day, place, outcome)
) WITHOUT ROWID;

-- A few of those statements, the latest in each slot. `pointer` is the place in the statement.
CREATE TABLE xapi_profile_example (
    profile_id   BLOB NOT NULL REFERENCES xapi_profile (id) ON DELETE CASCADE,
    day          INTEGER NOT NULL,
    place        TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    slot         INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    pointer      TEXT NOT NULL,
    PRIMARY KEY (profile_id, day, place, outcome, slot)
) WITHOUT ROWID;

-- How the statements of a registration follow the patterns of a profile; `part` is the subregistration, mostly empty.
CREATE TABLE xapi_profile_course (
    profile_id   BLOB NOT NULL REFERENCES xapi_profile (id) ON DELETE CASCADE,
    registration BLOB NOT NULL,
    part         TEXT NOT NULL,
    day          INTEGER NOT NULL,
    course       TEXT NOT NULL CHECK (course IN ('followed', 'begun', 'broken', 'long')),
    PRIMARY KEY (profile_id, registration, part)
) WITHOUT ROWID;
