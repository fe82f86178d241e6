-- Answers of learners -------------------------------------------------------------------------------------------------------

-- What learners answered to the questions that content and quizzes ask: a projection of statements, one row for each question that
-- a registration answered. What is asked is in `xapi_activity`, by the same keys. Latencies are hundredths of a second.
CREATE TABLE answer (
    registration_id UUID NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
    activity_key    UUID NOT NULL,
    question_key    UUID NOT NULL,
    times           BIGINT NOT NULL,
    first_seq       BIGINT NOT NULL,
    first_response  TEXT,
    first_success   BOOLEAN,
    first_latency   BIGINT,
    last_seq        BIGINT NOT NULL,
    last_response   TEXT,
    last_success    BOOLEAN,
    PRIMARY KEY (registration_id, activity_key, question_key)
);
