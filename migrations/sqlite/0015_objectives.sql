-- Objectives that courses share ---------------------------------------------------------------------------------------------

-- What a learner came to in the global objectives of SCORM 2004 courses that are global to the system: JSON, by name. Those of a
-- course alone are in `registration.sequencing`.
CREATE TABLE learner_objectives (
    person_id  BLOB PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    objectives TEXT NOT NULL
);

-- What the content of a launch asked for when it terminated, and what came of it (JSON): the player asks for it afterwards.
ALTER TABLE launch ADD COLUMN navigation TEXT;
