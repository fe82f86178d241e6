-- Content that never speaks ------------------------------------------------------------------------------------------------

-- When content of SCORM was first heard. From then on its silence is a fault of that visit, and completes nothing.
ALTER TABLE activity ADD COLUMN spoke_at BIGINT;
