-- Erasure of people -----------------------------------------------------------------------------------------------------

-- Who was erased (by the identifier that stays), who asked for it, and what was done. `pseudonym` stands for them in statements.
CREATE TABLE person_erasure (
    person_id   UUID PRIMARY KEY REFERENCES person (id),
    pseudonym   UUID NOT NULL,
    asked_by    UUID NOT NULL REFERENCES person (id),
    asked_at    BIGINT NOT NULL,
    statements  BIGINT NOT NULL,
    files       BIGINT NOT NULL,
    documents   BIGINT NOT NULL,
    finished_at BIGINT
);
