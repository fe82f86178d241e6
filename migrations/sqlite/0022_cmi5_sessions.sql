-- What a cmi5 unit has said in its session, so that the next statement is judged without looking at those before. Sessions that
-- were begun before have no activity here and are under no rules: what they may say was not fixed when they began.
ALTER TABLE cmi5_session ADD COLUMN activity_iri TEXT NOT NULL DEFAULT '';
ALTER TABLE cmi5_session ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE cmi5_session ADD COLUMN preferences_at INTEGER;
ALTER TABLE cmi5_session ADD COLUMN last_at INTEGER;
ALTER TABLE cmi5_session ADD COLUMN ended_at INTEGER;
ALTER TABLE cmi5_session ADD COLUMN abandoned BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX cmi5_session_open ON cmi5_session (launch_id) WHERE ended_at IS NULL;

-- What may be said of a unit once in a registration, in whatever session.
CREATE TABLE cmi5_unit (
    registration_id BLOB NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    completed       BOOLEAN NOT NULL,
    passed          BOOLEAN NOT NULL,
    waived          BOOLEAN NOT NULL,
    PRIMARY KEY (registration_id, activity_index)
);
