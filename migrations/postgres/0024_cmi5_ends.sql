-- Which sessions nobody has ended, the oldest first: what is looked through for units that went silent.
ALTER TABLE cmi5_session ADD COLUMN opened_at BIGINT;
UPDATE cmi5_session SET opened_at = (SELECT l.created_at FROM launch l WHERE l.id = cmi5_session.launch_id)
    WHERE activity_iri <> '';
CREATE INDEX cmi5_session_silent ON cmi5_session (opened_at) WHERE ended_at IS NULL;

-- Why and since when a unit need not be done.
ALTER TABLE cmi5_unit ADD COLUMN waived_at BIGINT;
ALTER TABLE cmi5_unit ADD COLUMN waived_for TEXT;
