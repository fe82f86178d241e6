-- Where the content of a course opens: inside the player page, or in a window of its own.
ALTER TABLE course_playing ADD COLUMN place TEXT NOT NULL DEFAULT 'page' CHECK (place IN ('page', 'window'));
