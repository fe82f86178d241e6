-- Attachments of statements -------------------------------------------------------------------------------------------

-- Files that came with statements, each content once: `blob` is made of its SHA-256. A row is written before its blob, so
-- that what nobody came to name is found again; `received_at` is the last time it came.
CREATE TABLE attachment (
    blob        TEXT PRIMARY KEY,
    length      INTEGER NOT NULL,
    received_at INTEGER NOT NULL
);

-- Which statement brought which file, by the digest it gives itself. A statement that only knows the digest of a file has
-- no row: it must not lead to what others sent.
CREATE TABLE statement_attachment (
    seq        INTEGER NOT NULL,
    sha2       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    blob       TEXT NOT NULL REFERENCES attachment (blob),
    PRIMARY KEY (seq, sha2)
) WITHOUT ROWID;
CREATE INDEX statement_attachment_blob ON statement_attachment (blob);
