-- What a cmi5 unit has said in its session, so that the next statement is judged without looking at those before. Sessions that
-- were begun before have no activity here and are under no rules: what they may say was not fixed when they began.
ALTER TABLE cmi5_session ADD COLUMN activity_iri TEXT NOT NULL DEFAULT '';
ALTER TABLE cmi5_session ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE cmi5_session ADD COLUMN preferences_at BIGINT;
ALTER TABLE cmi5_session ADD COLUMN last_at BIGINT;
ALTER TABLE cmi5_session ADD COLUMN ended_at BIGINT;
ALTER TABLE cmi5_session ADD COLUMN abandoned BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cmi5_session ADD COLUMN opened_at BIGINT;
-- Which sessions nobody has ended, the oldest first: what is looked through for units that went silent.
CREATE INDEX cmi5_session_silent ON cmi5_session (opened_at) WHERE ended_at IS NULL;

-- What may be said of a unit once in a registration, in whatever session.
CREATE TABLE cmi5_unit (
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    completed       BOOLEAN NOT NULL,
    passed          BOOLEAN NOT NULL,
    -- Since when it need not be done, and why.
    waived_at       BIGINT,
    waived_for      TEXT,
    PRIMARY KEY (registration_id, activity_index)
);
