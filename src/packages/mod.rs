//! Packages: from the uploaded bytes to the stored course outline, and the serving of their files.

pub mod archive;
pub mod contents;
pub mod findings;
pub mod manifest;
pub mod model;
