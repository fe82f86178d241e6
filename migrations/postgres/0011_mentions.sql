-- What the context of a statement mentions (`context.statement`) is found under usage 6 of its links, so that a rule of retention
-- leaves it alone. These are the statements that are here already; each new one brings its own. They are read as text, for
-- `json` refuses some of what a valid statement may hold (a U+0000, half a surrogate pair).
INSERT INTO statement_link (usage, entity, seq, subject)
SELECT DISTINCT 6, CAST(found.mention[1] AS UUID), s.seq, s.seq
FROM statement s
CROSS JOIN LATERAL regexp_matches(
    s.body,
    '"statement"\s*:\s*\{[^{}]*"id"\s*:\s*"([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"[^{}]*\}',
    'g'
) AS found (mention)
WHERE s.body LIKE '%"StatementRef"%'
ON CONFLICT DO NOTHING;
