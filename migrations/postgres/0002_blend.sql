-- Native content -----------------------------------------------------------------------------------------------------

-- What a trainer is writing (JSON of its kind); publishing makes a version of it. `revision` counts the times it was saved:
-- who saves names the one they saw, so that nobody overwrites what they have not seen.
CREATE TABLE package_draft (
    package_id UUID PRIMARY KEY REFERENCES package (id) ON DELETE CASCADE,
    content    TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    updated_by UUID REFERENCES person (id),
    updated_at BIGINT NOT NULL
);

-- Files put into what is written in Préau: pictures of a page, the file of a document. Named by their digest, so that the
-- same file is kept once; a version names those it uses as its `package_file`.
CREATE TABLE package_asset (
    package_id UUID NOT NULL REFERENCES package (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    file_name  TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size       BIGINT NOT NULL,
    width      INTEGER,
    height     INTEGER,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (package_id, name)
);

-- One try at a quiz. `questions` is JSON: what was drawn, in the order shown. Scored by the server when submitted.
CREATE TABLE quiz_attempt (
    id              UUID PRIMARY KEY,
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    questions       TEXT NOT NULL,
    started_at      BIGINT NOT NULL,
    submitted_at    BIGINT,
    score_raw       DOUBLE PRECISION,
    score_max       DOUBLE PRECISION,
    passed          BOOLEAN,
    UNIQUE (registration_id, activity_index, number)
);

-- `response` is JSON, saved as soon as it is given; from `confirmed_at` on it stays. `points` is set when the attempt is scored.
CREATE TABLE quiz_answer (
    attempt_id   UUID NOT NULL REFERENCES quiz_attempt (id) ON DELETE CASCADE,
    question_id  TEXT NOT NULL,
    response     TEXT NOT NULL,
    saved_at     BIGINT NOT NULL,
    confirmed_at BIGINT,
    points       DOUBLE PRECISION,
    PRIMARY KEY (attempt_id, question_id)
);

-- Media --------------------------------------------------------------------------------------------------------------

-- What was made of an uploaded medium for playing: served instead of the upload.
CREATE TABLE rendition (
    version_id UUID NOT NULL REFERENCES package_version (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    blob       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    width      INTEGER,
    height     INTEGER,
    duration   DOUBLE PRECISION NOT NULL,
    size       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (version_id, name)
);

-- Captions, as WebVTT. Removed ones stay, so that removing can be undone.
CREATE TABLE caption (
    package_id UUID NOT NULL REFERENCES package (id) ON DELETE CASCADE,
    language   TEXT NOT NULL,
    label      TEXT NOT NULL,
    text       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (package_id, language)
);

-- Jobs: work that outlives a request. A worker holds a job until `lease_until`; if it dies, another takes over. -------------
CREATE TABLE job (
    id          UUID PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     UUID,
    payload     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress    DOUBLE PRECISION NOT NULL,
    attempts    INTEGER NOT NULL,
    run_at      BIGINT NOT NULL,
    lease_until BIGINT,
    error       TEXT,
    created_by  UUID REFERENCES person (id),
    created_at  BIGINT NOT NULL,
    started_at  BIGINT,
    finished_at BIGINT
);
CREATE INDEX job_due ON job (state, run_at);
CREATE INDEX job_subject ON job (subject, created_at);

-- Programmes -----------------------------------------------------------------------------------------------------------

CREATE TABLE programme (
    id           UUID PRIMARY KEY,
    title        TEXT NOT NULL,
    summary      TEXT NOT NULL,
    iri          TEXT NOT NULL UNIQUE,
    created_by   UUID REFERENCES person (id),
    created_at   BIGINT NOT NULL,
    published_at BIGINT,
    archived_at  BIGINT
);

-- The version without `published_at` is the draft; enrolments keep the one they began on.
CREATE TABLE programme_version (
    id           UUID PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programme (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    created_at   BIGINT NOT NULL,
    published_at BIGINT,
    UNIQUE (programme_id, number)
);

-- `step_key` is the same in every version, so that what was done counts when an enrolment moves to a newer one. A step is
-- a course, or one activity of it. `after_key` is the step that has to be done first; `removed_at` keeps a removed step of
-- a draft for as long as its removal can be undone.
CREATE TABLE step (
    version_id          UUID NOT NULL REFERENCES programme_version (id) ON DELETE CASCADE,
    step_key            UUID NOT NULL,
    phase               TEXT NOT NULL CHECK (phase IN ('before', 'during', 'after')),
    position            INTEGER NOT NULL,
    title               TEXT NOT NULL,
    course_id           UUID NOT NULL REFERENCES course (id),
    activity_identifier TEXT,
    minutes             INTEGER,
    required            BOOLEAN NOT NULL,
    after_key           UUID,
    opens_at            BIGINT,
    removed_at          BIGINT,
    PRIMARY KEY (version_id, step_key)
);
CREATE INDEX step_course ON step (course_id);

-- Who is to follow a programme: a person, a unit with all below it, or the members of a space; also those who join later.
CREATE TABLE enrolment_rule (
    id           UUID PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programme (id) ON DELETE CASCADE,
    target       TEXT NOT NULL CHECK (target IN ('person', 'org-unit', 'space')),
    target_id    UUID NOT NULL,
    due_at       BIGINT,
    created_by   UUID REFERENCES person (id),
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX enrolment_rule_programme ON enrolment_rule (programme_id);
CREATE INDEX enrolment_rule_target ON enrolment_rule (target, target_id);

-- One person in one programme. Its identifier is the xAPI registration of statements about the programme. Whom somebody
-- took out by hand (`cancelled_by`) comes back only by a rule made later.
CREATE TABLE enrolment (
    id           UUID PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    programme_id UUID NOT NULL REFERENCES programme (id),
    version_id   UUID NOT NULL REFERENCES programme_version (id),
    rule_id      UUID REFERENCES enrolment_rule (id),
    due_at       BIGINT,
    created_at   BIGINT NOT NULL,
    cancelled_at BIGINT,
    cancelled_by UUID REFERENCES person (id),
    UNIQUE (person_id, programme_id)
);
CREATE INDEX enrolment_programme ON enrolment (programme_id);
CREATE INDEX enrolment_version ON enrolment (version_id);

-- The projection: where an enrolment stands, step by step and as a whole.
CREATE TABLE step_progress (
    enrolment_id UUID NOT NULL REFERENCES enrolment (id) ON DELETE CASCADE,
    step_key     UUID NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('doing', 'done', 'failed')),
    score_scaled DOUBLE PRECISION,
    last_at      BIGINT NOT NULL,
    completed_at BIGINT,
    PRIMARY KEY (enrolment_id, step_key)
);
CREATE TABLE enrolment_progress (
    enrolment_id UUID PRIMARY KEY REFERENCES enrolment (id) ON DELETE CASCADE,
    status       TEXT NOT NULL CHECK (status IN ('todo', 'doing', 'done')),
    done         INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    progress     DOUBLE PRECISION NOT NULL,
    score_scaled DOUBLE PRECISION,
    started_at   BIGINT,
    last_at      BIGINT,
    completed_at BIGINT
);

-- Spaces ---------------------------------------------------------------------------------------------------------------

CREATE TABLE space (
    id          UUID PRIMARY KEY,
    external_id TEXT UNIQUE,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    description TEXT NOT NULL,
    visibility  TEXT NOT NULL CHECK (visibility IN ('open', 'members', 'hidden')),
    created_at  BIGINT NOT NULL,
    archived_at BIGINT
);
CREATE INDEX space_name ON space (name_key, id);

CREATE TABLE space_member (
    space_id   UUID NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    person_id  UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role       TEXT NOT NULL CHECK (role IN ('animator', 'trainer', 'member')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (space_id, person_id)
);
CREATE INDEX space_member_person ON space_member (person_id);

CREATE TABLE space_programme (
    space_id     UUID NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    programme_id UUID NOT NULL REFERENCES programme (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (space_id, programme_id)
);
CREATE INDEX space_programme_programme ON space_programme (programme_id);

CREATE TABLE space_news (
    id         UUID PRIMARY KEY,
    space_id   UUID NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    author_id  UUID REFERENCES person (id),
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);
CREATE INDEX space_news_space ON space_news (space_id, created_at);

-- The pages of the intranet that may show a space inside them.
CREATE TABLE space_embed_origin (
    space_id UUID NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    origin   TEXT NOT NULL,
    PRIMARY KEY (space_id, origin)
);

-- Who holds the token reads one space's feed as one person, until it is revoked. Only the SHA-256 is kept.
CREATE TABLE feed_token (
    token_hash   BYTEA PRIMARY KEY,
    space_id     UUID NOT NULL REFERENCES space (id) ON DELETE CASCADE,
    person_id    UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX feed_token_space ON feed_token (space_id, person_id);

-- Events that leave, written in the transaction of what they tell -------------------------------------------------------

-- `programme_id` and `person_id` say what the event is about, for endpoints that hear of one space only; `taken_at` is when
-- its deliveries were made.
CREATE TABLE outbox_event (
    id           UUID PRIMARY KEY,
    kind         TEXT NOT NULL,
    body         TEXT NOT NULL,
    programme_id UUID,
    person_id    UUID,
    created_at   BIGINT NOT NULL,
    taken_at     BIGINT
);
CREATE INDEX outbox_event_created ON outbox_event (created_at);
CREATE INDEX outbox_event_waiting ON outbox_event (created_at) WHERE taken_at IS NULL;

-- `secret` signs what is sent and so has to be kept as it is; after a change the old one signs too until `old_secret_until`.
-- `kinds` is a list separated by spaces.
CREATE TABLE webhook_endpoint (
    id               UUID PRIMARY KEY,
    url              TEXT NOT NULL,
    description      TEXT NOT NULL,
    secret           TEXT NOT NULL,
    old_secret       TEXT,
    old_secret_until BIGINT,
    kinds            TEXT NOT NULL,
    space_id         UUID REFERENCES space (id) ON DELETE CASCADE,
    created_by       UUID REFERENCES person (id),
    created_at       BIGINT NOT NULL,
    disabled_at      BIGINT,
    disabled_reason  TEXT
);

CREATE TABLE webhook_delivery (
    id           UUID PRIMARY KEY,
    endpoint_id  UUID NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    event_id     UUID NOT NULL REFERENCES outbox_event (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     INTEGER NOT NULL,
    next_at      BIGINT NOT NULL,
    lease_until  BIGINT,
    delivered_at BIGINT,
    created_at   BIGINT NOT NULL
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (state, next_at);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, created_at);
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);

-- The log of every try. `status` is the HTTP status, null when there was no answer.
CREATE TABLE webhook_attempt (
    delivery_id  UUID NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    at           BIGINT NOT NULL,
    status       INTEGER,
    milliseconds INTEGER NOT NULL,
    error        TEXT,
    PRIMARY KEY (delivery_id, number)
);

-- Reports --------------------------------------------------------------------------------------------------------------

-- What reports filter and count by: one row an enrolment that is not cancelled, so that a figure over a million of them is
-- one scan of one index. The triggers keep it beside enrolments, their progress and the units of people, whoever writes
-- those.
CREATE TABLE report_enrolment (
    person_id    UUID NOT NULL,
    programme_id UUID NOT NULL,
    enrolment_id UUID NOT NULL UNIQUE REFERENCES enrolment (id) ON DELETE CASCADE,
    org_unit_id  UUID,
    created_at   BIGINT NOT NULL,
    due_at       BIGINT,
    started_at   BIGINT,
    completed_at BIGINT,
    PRIMARY KEY (person_id, programme_id)
);
CREATE INDEX report_enrolment_unit ON report_enrolment
    (org_unit_id, programme_id, created_at, due_at, started_at, completed_at);
CREATE INDEX report_enrolment_programme ON report_enrolment
    (programme_id, org_unit_id, created_at, due_at, started_at, completed_at);
CREATE INDEX report_enrolment_completed ON report_enrolment (completed_at, created_at, org_unit_id, programme_id);

CREATE FUNCTION report_enrolment_written() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM report_enrolment WHERE enrolment_id = NEW.id;
    END IF;
    INSERT INTO report_enrolment
        (person_id, programme_id, enrolment_id, org_unit_id, created_at, due_at, started_at, completed_at)
    SELECT NEW.person_id, NEW.programme_id, NEW.id, p.org_unit_id, NEW.created_at, NEW.due_at,
        CASE WHEN s.status <> 'todo' THEN COALESCE(s.started_at, s.last_at, s.completed_at) END,
        CASE WHEN s.status = 'done' THEN s.completed_at END
    FROM person p LEFT JOIN enrolment_progress s ON s.enrolment_id = NEW.id
    WHERE p.id = NEW.person_id AND NEW.cancelled_at IS NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER report_enrolment_written AFTER INSERT OR UPDATE ON enrolment
    FOR EACH ROW EXECUTE FUNCTION report_enrolment_written();

CREATE FUNCTION report_progress_written() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE report_enrolment SET started_at = NULL, completed_at = NULL WHERE enrolment_id = OLD.enrolment_id;
    ELSE
        UPDATE report_enrolment SET
            started_at = CASE WHEN NEW.status <> 'todo' THEN COALESCE(NEW.started_at, NEW.last_at, NEW.completed_at) END,
            completed_at = CASE WHEN NEW.status = 'done' THEN NEW.completed_at END
        WHERE enrolment_id = NEW.enrolment_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER report_progress_written AFTER INSERT OR UPDATE OR DELETE ON enrolment_progress
    FOR EACH ROW EXECUTE FUNCTION report_progress_written();

CREATE FUNCTION report_person_moved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    UPDATE report_enrolment SET org_unit_id = NEW.org_unit_id WHERE person_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER report_person_moved AFTER UPDATE OF org_unit_id ON person
    FOR EACH ROW WHEN (OLD.org_unit_id IS DISTINCT FROM NEW.org_unit_id) EXECUTE FUNCTION report_person_moved();

-- Where the player leads back to, for a course that was opened from a programme.
ALTER TABLE registration ADD COLUMN way_out TEXT;

-- Whom the rules in force want in which programme; `rule_id` is the latest of them, `due_at` the earliest date.
CREATE VIEW enrolment_wanted AS
WITH RECURSIVE unit (rule_id, unit_id) AS (
    SELECT r.id, r.target_id FROM enrolment_rule r WHERE r.target = 'org-unit' AND r.ended_at IS NULL
    UNION
    SELECT u.rule_id, o.id FROM unit u JOIN org_unit o ON o.parent_id = u.unit_id),
named (rule_id, person_id) AS (
    SELECT r.id, r.target_id FROM enrolment_rule r WHERE r.target = 'person' AND r.ended_at IS NULL
    UNION ALL
    SELECT r.id, m.person_id FROM enrolment_rule r JOIN space_member m ON m.space_id = r.target_id
     WHERE r.target = 'space' AND r.ended_at IS NULL
    UNION ALL
    SELECT u.rule_id, p.id FROM unit u JOIN person p ON p.org_unit_id = u.unit_id),
ranked AS (
    SELECT r.programme_id, n.person_id, n.rule_id, r.created_at AS ruled_at,
           MIN(r.due_at) OVER (PARTITION BY r.programme_id, n.person_id) AS due_at,
           ROW_NUMBER() OVER (PARTITION BY r.programme_id, n.person_id ORDER BY r.created_at DESC, r.id) AS place
      FROM named n
      JOIN enrolment_rule r ON r.id = n.rule_id
      JOIN person p ON p.id = n.person_id
      JOIN programme g ON g.id = r.programme_id
     WHERE p.disabled_at IS NULL AND g.published_at IS NOT NULL AND g.archived_at IS NULL)
SELECT programme_id, person_id, rule_id, ruled_at, due_at FROM ranked WHERE place = 1;
