-- Answers of learners -------------------------------------------------------------------------------------------------------

-- What learners answered to the questions that content and quizzes ask: a projection of statements, one row for each question that
-- a registration answered. What is asked is in `xapi_activity`, by the same keys. Latencies are hundredths of a second.
CREATE TABLE answer (
    registration_id BLOB NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_key    BLOB NOT NULL,
    question_key    BLOB NOT NULL,
    times           INTEGER NOT NULL,
    first_seq       INTEGER NOT NULL,
    first_response  TEXT,
    first_success   BOOLEAN,
    first_latency   INTEGER,
    last_seq        INTEGER NOT NULL,
    last_response   TEXT,
    last_success    BOOLEAN,
    PRIMARY KEY (registration_id, activity_key, question_key)
);
