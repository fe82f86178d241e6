-- Statements of another store ------------------------------------------------------------------------------------------

-- A file of statements, one a line, that is being brought in or was. `position` is where the next line begins: it moves in the
-- transaction that stores the lines before it. `blob` holds the file until the import has ended.
CREATE TABLE statement_import (
    id          UUID PRIMARY KEY,
    name        TEXT NOT NULL,
    digest      BYTEA NOT NULL,
    blob        TEXT,
    bytes       BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    lines       BIGINT NOT NULL,
    added       BIGINT NOT NULL,
    known       BIGINT NOT NULL,
    refused     BIGINT NOT NULL,
    created_by  UUID REFERENCES person (id),
    created_at  BIGINT NOT NULL,
    finished_at BIGINT
);
-- The same file sent again while it is on its way in goes on where it was.
CREATE UNIQUE INDEX statement_import_unfinished ON statement_import (digest) WHERE finished_at IS NULL;
CREATE INDEX statement_import_created ON statement_import (created_at);

-- What is wrong with a line; the first thousand of a file.
CREATE TABLE statement_import_problem (
    import_id UUID NOT NULL REFERENCES statement_import (id),
    line      BIGINT NOT NULL,
    code      TEXT NOT NULL,
    detail    TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- What the other store said of a statement that it gave us: when it stored it, and who vouched for it there.
CREATE TABLE statement_origin (
    seq       BIGINT PRIMARY KEY,
    import_id UUID NOT NULL REFERENCES statement_import (id),
    stored    BIGINT,
    authority TEXT
);
