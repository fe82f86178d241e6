-- Statements for another store ------------------------------------------------------------------------------------------

-- Where statements are sent on, in the order of their numbers: `seq` is the last that arrived there. `filter` is JSON.
CREATE TABLE statement_forward (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL,
    url        TEXT NOT NULL,
    version    TEXT NOT NULL,
    login      TEXT NOT NULL,
    secret     TEXT NOT NULL,
    filter     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    sent       INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    failures   INTEGER NOT NULL,
    fault      TEXT,
    next_at    INTEGER NOT NULL,
    created_by BLOB REFERENCES person (id),
    created_at INTEGER NOT NULL,
    paused_at  INTEGER
);
