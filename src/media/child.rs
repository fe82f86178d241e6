//! Starting the children and believing nothing they say without looking.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::probe::Media;
use super::transcode::{Line, Made};
use crate::core::{Error, Result};

/// A file whose examination takes longer is refused.
const PATIENCE: Duration = Duration::from_secs(60);
/// A transcoder says how far it is twice a second; one that is silent so long hangs.
const SILENCE: Duration = Duration::from_secs(120);
/// More than a transcoder says in its longest work.
const MOST_WORDS: u64 = 16 << 20;
/// Makes the transcoder give way to the server.
const NICE: &str = "/usr/bin/nice";

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

/// Makes the form of `file` that is played, at `target`, and its poster, in a process of its own, which ends with the
/// future. `told` hears how much is done.
///
/// Errors: `media-unreadable`, `media-crashed`, `media-hung`, `media-encoder-missing`.
pub async fn make_playable(file: &Path, target: &Path, poster: &Path, told: impl Fn(f64)) -> Result<Made> {
    let program = program().map_err(Error::internal)?;
    let mut command = if Path::new(NICE).exists() {
        let mut nice = tokio::process::Command::new(NICE);
        nice.arg("-n").arg("10").arg(program);
        nice
    } else {
        tokio::process::Command::new(program)
    };
    command.arg(file).arg(target).arg(poster).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().context("cannot start the transcoder").map_err(Error::internal)?;
    let out = child.stdout.take().context("the transcoder has no output").map_err(Error::internal)?;
    let mut lines = BufReader::new(out.take(MOST_WORDS)).lines();
    let mut made: Option<Made> = None;
    let mut code = "media-unreadable";
    loop {
        let Ok(line) = tokio::time::timeout(SILENCE, lines.next_line()).await else {
            return Err(Error::unprocessable("media-hung"));
        };
        let Some(line) = line? else { break };
        match serde_json::from_str(&line) {
            Ok(Line::Progress(share)) => told(share),
            Ok(Line::Made(figures)) => made = Some(figures),
            Ok(Line::Failed(reason)) if reason == "media-encoder-missing" => code = "media-encoder-missing",
            Ok(Line::Failed(_)) | Err(_) => {}
        }
    }
    let status = child.wait().await?;
    match made.filter(|made| status.success() && made.duration.is_finite()) {
        Some(made) => Ok(made),
        // Ended by a signal: a fault of a decoder, or more memory or time than it may have.
        None if status.code().is_none() => Err(Error::unprocessable("media-crashed")),
        None => Err(Error::unprocessable(code)),
    }
}

/// What decodes, by name and version.
pub async fn libraries() -> anyhow::Result<String> {
    let output = tokio::process::Command::new(program()?).env_clear().output().await?;
    anyhow::ensure!(output.status.success(), "{NAME} ended with {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

const NAME: &str = "preau-media";

/// The program lies beside the server's program. Tests load the library into programs of theirs, a folder further down.
fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find the program's own file")?;
    let mut places = own.ancestors().skip(1).take(2).map(|folder| folder.join(NAME));
    places.find(|path| path.exists()).with_context(|| format!("{NAME} is not beside {}", own.display()))
}
