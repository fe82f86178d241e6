-- Content that does not keep to its standard -------------------------------------------------------------------------------

-- The switches its trainer has turned, as a JSON array of words. Of the package: they outlive its versions.
ALTER TABLE package ADD COLUMN tolerance TEXT;
-- Those a launch was opened with: the server judges by them what its frame has taken, whatever is turned since.
ALTER TABLE launch ADD COLUMN tolerance TEXT;
