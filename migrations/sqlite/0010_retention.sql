-- Rules that remove statements after a time -------------------------------------------------------------------------------

-- `filter` is JSON. A rule works from `enabled_at` on, through numbers above `seq`: up to there everything was removed or
-- stays for good. `changed_at` tells which wording somebody looked at before switching it on. A rule that is given up stays as
-- a row, so that what it removed can be explained.
CREATE TABLE statement_retention (
    id          BLOB PRIMARY KEY,
    name        TEXT NOT NULL,
    filter      TEXT NOT NULL,
    days        INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    created_by  BLOB REFERENCES person (id),
    created_at  INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    enabled_at  INTEGER,
    finished_at INTEGER,
    removed_at  INTEGER
);

-- How many statements a rule removed on a day (in the zone of the organisation, as YYYY-MM-DD).
CREATE TABLE statement_retention_day (
    rule_id    BLOB NOT NULL REFERENCES statement_retention (id),
    day        TEXT NOT NULL,
    statements INTEGER NOT NULL,
    PRIMARY KEY (rule_id, day)
) WITHOUT ROWID;
