-- What completes an xAPI course, where its trainers have decided: content of its kind may never say so itself.
CREATE TABLE course_completing (
    course_id  BLOB PRIMARY KEY REFERENCES course (id) ON DELETE CASCADE,
    by_word    TEXT NOT NULL CHECK (by_word IN ('content', 'said', 'opened', 'time')),
    minutes    INTEGER NOT NULL,
    updated_by BLOB REFERENCES person (id),
    updated_at INTEGER NOT NULL
);
-- How long the content of a launch was in front of its learner, where that decides.
ALTER TABLE launch ADD COLUMN spent_seconds INTEGER NOT NULL DEFAULT 0;
