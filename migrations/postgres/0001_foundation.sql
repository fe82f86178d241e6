-- Identity -----------------------------------------------------------------------------------------------------------

-- Keys the server made for itself (content capabilities, cookies). Shared by every process on this database.
CREATE TABLE secret (
    name       TEXT PRIMARY KEY,
    value      BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- Directions and services, as a tree.
CREATE TABLE org_unit (
    id         UUID PRIMARY KEY,
    parent_id  UUID REFERENCES org_unit (id),
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX org_unit_parent ON org_unit (parent_id);

-- Somebody who learns, teaches or administers. People launched by another system have no login.
-- The account (home page, name) is the person's xAPI identity; it never changes, whatever the public address becomes.
-- `name_key` is the name in small letters without accents: both databases sort and search by it alike.
CREATE TABLE person (
    id                UUID PRIMARY KEY,
    name              TEXT NOT NULL,
    name_key          TEXT NOT NULL,
    login             TEXT UNIQUE,
    email             TEXT,
    password_hash     TEXT,
    locale            TEXT,
    org_unit_id       UUID REFERENCES org_unit (id),
    account_home_page TEXT NOT NULL,
    account_name      TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    disabled_at       BIGINT,
    UNIQUE (account_home_page, account_name)
);
CREATE INDEX person_org_unit ON person (org_unit_id);
CREATE INDEX person_name ON person (name_key, id);

CREATE TABLE person_role (
    person_id UUID NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role      TEXT NOT NULL CHECK (role IN ('learner', 'trainer', 'manager', 'hr', 'administrator')),
    PRIMARY KEY (person_id, role)
);

-- A browser that is signed in (`person_id`) or holds launch grants. `id` is the SHA-256 of the cookie's value, so that who
-- reads the table cannot sign in with it.
CREATE TABLE login_session (
    id         BYTEA PRIMARY KEY,
    person_id  UUID REFERENCES person (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX login_session_person ON login_session (person_id);
CREATE INDEX login_session_expiry ON login_session (expires_at);

-- Failed sign-ins of one login, so that guessing slows down.
CREATE TABLE sign_in_failure (
    login        TEXT PRIMARY KEY,
    failures     BIGINT NOT NULL,
    locked_until BIGINT NOT NULL
);
CREATE INDEX sign_in_failure_locked ON sign_in_failure (locked_until);

-- Bearer tokens of the REST interface. Only the SHA-256 of a token is kept.
CREATE TABLE api_token (
    id           UUID PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   BYTEA NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- Packages and courses -----------------------------------------------------------------------------------------------

CREATE TABLE package (
    id         UUID PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN (
                   'scorm12', 'scorm2004', 'cmi5', 'xapi', 'video', 'audio', 'page', 'document', 'link', 'quiz')),
    title      TEXT NOT NULL,
    created_by UUID REFERENCES person (id),
    created_at BIGINT NOT NULL
);

-- `blob` is the key of the archive (or media file) in the blob store, `content` the JSON of what was written in Préau: each
-- kind has one of them. `outline` and `findings` are JSON.
CREATE TABLE package_version (
    id         UUID PRIMARY KEY,
    package_id UUID NOT NULL REFERENCES package (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    file_name  TEXT NOT NULL,
    sha256     BYTEA NOT NULL,
    size       BIGINT NOT NULL,
    blob       TEXT,
    content    TEXT,
    outline    TEXT NOT NULL,
    findings   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (package_id, number)
);
CREATE INDEX package_version_sha256 ON package_version (sha256);

-- Where each file of an archive lies in its blob, so that it is served without unpacking. `path_key` is the lower-case
-- path, for content that was written on a system that does not tell cases apart. `blob` is set for files that were
-- unpacked because they are read in ranges.
CREATE TABLE package_file (
    version_id      UUID NOT NULL REFERENCES package_version (id) ON DELETE CASCADE,
    path            TEXT NOT NULL,
    path_key        TEXT NOT NULL,
    media_type      TEXT NOT NULL,
    method          INTEGER NOT NULL,
    data_offset     BIGINT NOT NULL,
    compressed_size BIGINT NOT NULL,
    size            BIGINT NOT NULL,
    crc32           BIGINT NOT NULL,
    blob            TEXT,
    PRIMARY KEY (version_id, path)
);
CREATE INDEX package_file_key ON package_file (version_id, path_key);

-- What a package offers to learn. `title` and `description` are JSON language maps, `details` the rules of the course as a
-- whole (SCORM: sequencing of the root; cmi5: objectives). `version_id` is what new registrations begin on.
CREATE TABLE course (
    id           UUID PRIMARY KEY,
    package_id   UUID NOT NULL REFERENCES package (id) ON DELETE CASCADE,
    version_id   UUID NOT NULL REFERENCES package_version (id) ON DELETE CASCADE,
    identifier   TEXT NOT NULL,
    iri          TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    title        TEXT NOT NULL,
    description  TEXT,
    details      TEXT NOT NULL DEFAULT '{}',
    position     INTEGER NOT NULL,
    published_at BIGINT,
    created_at   BIGINT NOT NULL,
    UNIQUE (package_id, identifier)
);
CREATE INDEX course_published ON course (published_at);
CREATE INDEX course_package ON course (package_id);
CREATE INDEX course_version ON course (version_id);

-- The outline of a course in one version, in document order. `details` is JSON: what only the kind's run-time reads.
CREATE TABLE activity (
    version_id     UUID NOT NULL REFERENCES package_version (id) ON DELETE CASCADE,
    course_id      UUID NOT NULL REFERENCES course (id) ON DELETE CASCADE,
    activity_index INTEGER NOT NULL,
    parent_index   INTEGER,
    depth          INTEGER NOT NULL,
    identifier     TEXT NOT NULL,
    iri            TEXT NOT NULL,
    title          TEXT NOT NULL,
    kind           TEXT NOT NULL,
    href           TEXT,
    launchable     BOOLEAN NOT NULL,
    visible        BOOLEAN NOT NULL DEFAULT TRUE,
    details        TEXT NOT NULL,
    PRIMARY KEY (course_id, version_id, activity_index)
);
CREATE INDEX activity_version ON activity (version_id);

-- Run-time -----------------------------------------------------------------------------------------------------------

-- One person's record in one course: the xAPI registration. Keeps the version it began. A preview leaves no record.
CREATE TABLE registration (
    id            UUID PRIMARY KEY,
    person_id     UUID NOT NULL REFERENCES person (id),
    course_id     UUID NOT NULL REFERENCES course (id),
    version_id    UUID NOT NULL REFERENCES package_version (id),
    attempt       INTEGER NOT NULL,
    preview       BOOLEAN NOT NULL,
    lease         BIGINT NOT NULL,
    current_index INTEGER,
    sequencing    TEXT,
    created_at    BIGINT NOT NULL,
    UNIQUE (person_id, course_id, preview, attempt)
);
CREATE INDEX registration_course ON registration (course_id);
CREATE INDEX registration_version ON registration (version_id);

-- One opening of one activity. `sequence` is the last commit applied; repeats are acknowledged, not applied again.
CREATE TABLE launch (
    id              UUID PRIMARY KEY,
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    mode            TEXT NOT NULL CHECK (mode IN ('normal', 'browse', 'review')),
    secret_hash     BYTEA NOT NULL,
    lease           BIGINT NOT NULL,
    sequence        BIGINT NOT NULL,
    return_url      TEXT,
    created_at      BIGINT NOT NULL,
    ended_at        BIGINT
);
CREATE INDEX launch_registration ON launch (registration_id, activity_index);

-- The one-time address that opens the player without a login (`POST /api/v1/launches`).
CREATE TABLE launch_ticket (
    token_hash      BYTEA PRIMARY KEY,
    launch_id       UUID NOT NULL,
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    mode            TEXT NOT NULL,
    return_url      TEXT,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    redeemed_at     BIGINT
);

-- A browser that redeemed a ticket may open the player of that registration, and nothing else, without a login.
CREATE TABLE launch_grant (
    login_id        BYTEA NOT NULL REFERENCES login_session (id) ON DELETE CASCADE,
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    launch_id       UUID NOT NULL,
    mode            TEXT NOT NULL,
    return_url      TEXT,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (login_id, registration_id)
);
CREATE INDEX launch_grant_registration ON launch_grant (registration_id);

-- The saved data model of one activity (JSON object: element to value), or a media position.
CREATE TABLE runtime_state (
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    elements        TEXT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (registration_id, activity_index)
);

-- A cmi5 session: the fetch address works once, the token it gives is the launch credential. `launch_data` is
-- what its unit reads as `LMS.LaunchData`.
CREATE TABLE cmi5_session (
    launch_id   UUID PRIMARY KEY REFERENCES launch (id) ON DELETE CASCADE,
    fetch_hash  BYTEA NOT NULL UNIQUE,
    launch_data TEXT NOT NULL,
    fetched_at  BIGINT
);

-- Progress: a projection of statements, rebuilt by `preau rebuild` -----------------------------------------------------

CREATE TABLE activity_progress (
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_index  INTEGER NOT NULL,
    completion      TEXT NOT NULL CHECK (completion IN ('not attempted', 'incomplete', 'completed')),
    success         TEXT NOT NULL CHECK (success IN ('unknown', 'passed', 'failed')),
    score_scaled    DOUBLE PRECISION,
    score_raw       DOUBLE PRECISION,
    score_min       DOUBLE PRECISION,
    score_max       DOUBLE PRECISION,
    progress        DOUBLE PRECISION,
    seconds         DOUBLE PRECISION NOT NULL,
    first_at        BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    completed_at    BIGINT,
    PRIMARY KEY (registration_id, activity_index)
);

CREATE TABLE registration_progress (
    registration_id UUID PRIMARY KEY REFERENCES registration (id) ON DELETE CASCADE,
    completion      TEXT NOT NULL CHECK (completion IN ('not attempted', 'incomplete', 'completed')),
    success         TEXT NOT NULL CHECK (success IN ('unknown', 'passed', 'failed')),
    score_scaled    DOUBLE PRECISION,
    progress        DOUBLE PRECISION NOT NULL,
    done            INTEGER NOT NULL,
    total           INTEGER NOT NULL,
    seconds         DOUBLE PRECISION NOT NULL,
    last_index      INTEGER,
    first_at        BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    completed_at    BIGINT
);
CREATE INDEX registration_progress_last ON registration_progress (last_at);

-- Learning Record Store ----------------------------------------------------------------------------------------------

-- `seq` orders statements by the time they were stored; it is made by the process, not by a sequence, so that the table
-- can be partitioned by time. `body` is the text exactly as it is returned.
CREATE TABLE statement (
    seq          BIGINT PRIMARY KEY,
    id           UUID NOT NULL UNIQUE,
    body         TEXT NOT NULL,
    verb_key     UUID NOT NULL,
    registration UUID,
    stored       BIGINT NOT NULL,
    occurred     BIGINT NOT NULL,
    refers_to    UUID,
    voided       BOOLEAN NOT NULL
);
CREATE INDEX statement_registration ON statement (registration, seq);
CREATE INDEX statement_refers_to ON statement (refers_to);

-- Under what a statement is found: `usage` says in which part (numbers in src/lrs/links.rs), `entity` is the digest of an
-- identifier, so that no dictionary has to be read or locked to write a statement. `subject` is the statement that names
-- the entity: the same one, or another that this one refers to and is therefore found with (xAPI 1.0.3 Communication 2.1.3).
CREATE TABLE statement_link (
    usage   INTEGER NOT NULL,
    entity  UUID NOT NULL,
    seq     BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    PRIMARY KEY (usage, entity, seq, subject)
);

-- `names` is a JSON array, the latest last.
CREATE TABLE xapi_agent (
    agent_key UUID PRIMARY KEY,
    ifi       TEXT NOT NULL,
    names     TEXT NOT NULL
);
-- `definition` is the JSON that all statements together gave.
CREATE TABLE xapi_activity (
    activity_key UUID PRIMARY KEY,
    iri          TEXT NOT NULL,
    definition   TEXT
);

-- State, agent profile and activity profile documents. Absent parts of the key are the nil UUID or the empty text.
CREATE TABLE lrs_document (
    kind         TEXT NOT NULL CHECK (kind IN ('state', 'agent-profile', 'activity-profile')),
    activity_key UUID NOT NULL,
    agent_key    UUID NOT NULL,
    registration UUID NOT NULL,
    document_id  TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    body         BYTEA NOT NULL,
    etag         TEXT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (kind, activity_key, agent_key, registration, document_id)
);
CREATE INDEX lrs_document_registration ON lrs_document (registration);

-- Credentials of tools. The secret is random, so its SHA-256 is enough.
CREATE TABLE lrs_credential (
    key          TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    secret_hash  BYTEA NOT NULL,
    scopes       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- Credentials of launched content: one person, one registration, for some hours.
CREATE TABLE launch_credential (
    key             TEXT PRIMARY KEY,
    secret_hash     BYTEA NOT NULL,
    launch_id       UUID NOT NULL REFERENCES launch (id) ON DELETE CASCADE,
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    actor           TEXT NOT NULL,
    scopes          TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    revoked_at      BIGINT
);
CREATE INDEX launch_credential_launch ON launch_credential (launch_id);
CREATE INDEX launch_credential_registration ON launch_credential (registration_id);
CREATE INDEX launch_credential_expiry ON launch_credential (expires_at);
