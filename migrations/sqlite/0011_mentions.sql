-- What the context of a statement mentions (`context.statement`) is found under usage 6 of its links, so that a rule of retention
-- leaves it alone. These are the statements that are here already; each new one brings its own.
INSERT INTO statement_link (usage, entity, seq, subject)
SELECT 6, unhex(mention, '-'), seq, seq
FROM (
    SELECT seq, CASE WHEN json_valid(body) THEN json_extract(body, '$.context.statement.id') END AS mention
    FROM statement WHERE body LIKE '%"StatementRef"%'
    UNION ALL
    SELECT seq, CASE WHEN json_valid(body) THEN json_extract(body, '$.object.context.statement.id') END
    FROM statement WHERE body LIKE '%"StatementRef"%'
) AS mentions
WHERE length(unhex(mention, '-')) = 16
ON CONFLICT DO NOTHING;
