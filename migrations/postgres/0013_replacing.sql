-- A newer version of a package that waits until its trainer says what becomes of those who are under way. Its files lie under
-- its identifier in the blob store already; the list of them and the outline are JSON.
CREATE TABLE package_candidate (
    id         UUID PRIMARY KEY,
    package_id UUID NOT NULL UNIQUE REFERENCES package (id) ON DELETE CASCADE,
    file_name  TEXT NOT NULL,
    sha256     BYTEA NOT NULL,
    size       BIGINT NOT NULL,
    files      TEXT NOT NULL,
    outline    TEXT NOT NULL,
    findings   TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- The rules of a course as a whole in each of its versions: who stays on an older one keeps its rules.
CREATE TABLE course_rules (
    course_id  UUID NOT NULL REFERENCES course (id) ON DELETE CASCADE,
    version_id UUID NOT NULL REFERENCES package_version (id) ON DELETE CASCADE,
    details    TEXT NOT NULL,
    PRIMARY KEY (course_id, version_id)
);
CREATE INDEX course_rules_version ON course_rules (version_id);
INSERT INTO course_rules (course_id, version_id, details) SELECT id, version_id, details FROM course;

-- Since when its person begins anew, unless they had completed it.
ALTER TABLE registration ADD COLUMN superseded_at BIGINT;
