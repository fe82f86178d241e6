-- Erasure of people -----------------------------------------------------------------------------------------------------

-- Who was erased (by the identifier that stays), who asked for it, and what was done. `pseudonym` stands for them in statements.
CREATE TABLE person_erasure (
    person_id   BLOB PRIMARY KEY REFERENCES person (id),
    pseudonym   BLOB NOT NULL,
    asked_by    BLOB NOT NULL REFERENCES person (id),
    asked_at    INTEGER NOT NULL,
    statements  INTEGER NOT NULL,
    files       INTEGER NOT NULL,
    documents   INTEGER NOT NULL,
    finished_at INTEGER
);
