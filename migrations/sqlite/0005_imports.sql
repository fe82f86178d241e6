-- Statements of another store ------------------------------------------------------------------------------------------

-- A file of statements, one a line, that is being brought in or was. `position` is where the next line begins: it moves in the
-- transaction that stores the lines before it. `blob` holds the file until the import has ended.
CREATE TABLE statement_import (
    id          BLOB PRIMARY KEY,
    name        TEXT NOT NULL,
    digest      BLOB NOT NULL,
    blob        TEXT,
    bytes       INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    lines       INTEGER NOT NULL,
    added       INTEGER NOT NULL,
    known       INTEGER NOT NULL,
    refused     INTEGER NOT NULL,
    created_by  BLOB REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    finished_at INTEGER
);
-- The same file sent again while it is on its way in goes on where it was.
CREATE UNIQUE INDEX statement_import_unfinished ON statement_import (digest) WHERE finished_at IS NULL;
CREATE INDEX statement_import_created ON statement_import (created_at);

-- What is wrong with a line; the first thousand of a file.
CREATE TABLE statement_import_problem (
    import_id BLOB NOT NULL REFERENCES statement_import (id),
    line      INTEGER NOT NULL,
    code      TEXT NOT NULL,
    detail    TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
) WITHOUT ROWID;

-- What the other store said of a statement that it gave us: when it stored it, and who vouched for it there.
CREATE TABLE statement_origin (
    seq       INTEGER PRIMARY KEY,
    import_id BLOB NOT NULL REFERENCES statement_import (id),
    stored    INTEGER,
    authority TEXT
);
