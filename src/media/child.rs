//! Starting the prober and believing nothing it says without looking.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;

use super::probe::Media;

/// A file whose examination takes longer is refused.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the examination of a file gave.
#[derive(Debug)]
pub enum Probed {
    /// A media file.
    Media(Media),
    /// The decoders found nothing they know, crashed, or took too long; the word says which.
    Nothing(&'static str),
}

/// Examines `file` in a process of its own. A poster, if there is one, is written to `poster`.
pub async fn examine(file: &Path, poster: &Path) -> anyhow::Result<Probed> {
    let mut command = tokio::process::Command::new(program()?);
    command.arg("media-probe").arg(file).arg(poster).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let child = command.spawn().context("cannot start the media prober")?;
    // Dropping the future of a child that takes too long kills it.
    let Ok(ended) = tokio::time::timeout(PATIENCE, child.wait_with_output()).await else {
        return Ok(Probed::Nothing("too slow"));
    };
    let output = ended.context("cannot read from the media prober")?;
    if !output.status.success() {
        return Ok(Probed::Nothing("unreadable"));
    }
    Ok(match serde_json::from_slice::<Media>(&output.stdout) {
        Ok(media) if media.video_codec.is_some() || media.audio_codec.is_some() => Probed::Media(media),
        Ok(_) => Probed::Nothing("without picture and sound"),
        Err(_) => Probed::Nothing("unreadable"),
    })
}

/// Our own program. Tests load the library into programs of theirs, which lie in a folder beside it.
fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find the program's own file")?;
    if own.file_stem().is_some_and(|name| name == "preau") {
        return Ok(own);
    }
    let beside = own.parent().and_then(Path::parent).map(|folder| folder.join("preau")).filter(|path| path.exists());
    Ok(beside.unwrap_or(own))
}
