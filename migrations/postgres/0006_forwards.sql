-- Statements for another store ------------------------------------------------------------------------------------------

-- Where statements are sent on, in the order of their numbers: `seq` is the last that arrived there. `filter` is JSON.
CREATE TABLE statement_forward (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL,
    url        TEXT NOT NULL,
    version    TEXT NOT NULL,
    login      TEXT NOT NULL,
    secret     TEXT NOT NULL,
    filter     TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    sent       BIGINT NOT NULL,
    skipped    BIGINT NOT NULL,
    failures   INTEGER NOT NULL,
    fault      TEXT,
    next_at    BIGINT NOT NULL,
    created_by UUID REFERENCES person (id),
    created_at BIGINT NOT NULL,
    paused_at  BIGINT
);
