-- Hardly any statement refers to another: only those that do are in the index, and storing the others costs less.
DROP INDEX statement_refers_to;
CREATE INDEX statement_refers_to ON statement (refers_to) WHERE refers_to IS NOT NULL;
