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
    command.arg(file).arg(poster).env_clear();
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

/// What decodes, by name and version.
pub async fn libraries() -> anyhow::Result<String> {
    let output = tokio::process::Command::new(program()?).env_clear().output().await?;
    anyhow::ensure!(output.status.success(), "{NAME} ended with {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

const NAME: &str = "preau-media";

/// The prober lies beside the server's program. Tests load the library into programs of theirs, a folder further down.
fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find the program's own file")?;
    let mut places = own.ancestors().skip(1).take(2).map(|folder| folder.join(NAME));
    places.find(|path| path.exists()).with_context(|| format!("{NAME} is not beside {}", own.display()))
}
