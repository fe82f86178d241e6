-- How a course may be attempted: how often at most (0: as often as wanted), what begins a further attempt once one is over, and
-- which attempt counts. A course without a row keeps to the defaults.
CREATE TABLE course_playing (
    course_id  UUID PRIMARY KEY REFERENCES course (id) ON DELETE CASCADE,
    attempts   INTEGER NOT NULL,
    again      TEXT NOT NULL CHECK (again IN ('never', 'asked', 'always')),
    counted    TEXT NOT NULL CHECK (counted IN ('best', 'last', 'first', 'average')),
    updated_by UUID REFERENCES person (id),
    updated_at BIGINT NOT NULL
);
