//! Starting the children and believing nothing they say without looking.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

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
    let mut command = Command::new(program()?);
    command.arg(file).arg(poster);
    examined(command, PATIENCE).await
}

async fn examined(mut command: Command, patience: Duration) -> anyhow::Result<Probed> {
    let child = apart(&mut command).spawn().context("cannot start the media prober")?;
    // Dropping the future of a child that takes too long kills it.
    let Ok(ended) = tokio::time::timeout(patience, child.wait_with_output()).await else {
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
        let mut nice = Command::new(NICE);
        nice.arg("-n").arg("10").arg(program);
        nice
    } else {
        Command::new(program)
    };
    command.arg(file).arg(target).arg(poster);
    transcoded(command, SILENCE, told).await
}

/// A child that reads and says nothing but to us, knows nothing of our surroundings, and ends with its future.
fn apart(command: &mut Command) -> &mut Command {
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true)
}

async fn transcoded(mut command: Command, silence: Duration, told: impl Fn(f64)) -> Result<Made> {
    let mut child = apart(&mut command).spawn().context("cannot start the transcoder").map_err(Error::internal)?;
    let out = child.stdout.take().context("the transcoder has no output").map_err(Error::internal)?;
    let mut lines = BufReader::new(out.take(MOST_WORDS)).lines();
    let mut made: Option<Made> = None;
    let mut code = "media-unreadable";
    loop {
        let Ok(line) = tokio::time::timeout(silence, lines.next_line()).await else {
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
    let output = Command::new(program()?).env_clear().output().await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENT: Duration = Duration::from_secs(60);
    const IMPATIENT: Duration = Duration::from_millis(50);

    fn child(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script);
        command
    }

    async fn code(script: &str, silence: Duration) -> &'static str {
        transcoded(child(script), silence, |_| {}).await.expect_err("nothing is made").code
    }

    #[tokio::test]
    async fn a_transcoder_that_crashes_hangs_or_gives_up_is_told_apart() {
        assert_eq!(code("kill -SEGV $$", PATIENT).await, "media-crashed");
        // More processor time than it may have: the kernel ends it, also after it said how far it was.
        assert_eq!(code(r#"echo '{"progress":0.5}'; kill -XCPU $$"#, PATIENT).await, "media-crashed");
        assert_eq!(code(r#"echo '{"progress":0.5}'; exec sleep 1000"#, IMPATIENT).await, "media-hung");
        assert_eq!(code("exit 1", PATIENT).await, "media-unreadable");
        assert_eq!(code("echo nonsense", PATIENT).await, "media-unreadable");
        assert_eq!(
            code(r#"echo '{"failed":"media-encoder-missing"}'; exit 1"#, PATIENT).await,
            "media-encoder-missing"
        );
    }

    #[tokio::test]
    async fn what_was_made_by_one_that_crashes_at_the_end_is_not_believed() {
        let made = Made {
            way: super::super::Way::Encoded,
            duration: 2.0,
            width: None,
            height: None,
            gain: None,
            poster: false,
        };
        let said = serde_json::to_string(&Line::Made(made.clone())).unwrap();
        assert_eq!(code(&format!("echo '{said}'; kill -ABRT $$"), PATIENT).await, "media-crashed");
        assert_eq!(transcoded(child(&format!("echo '{said}'")), PATIENT, |_| {}).await.unwrap(), made);
    }

    #[tokio::test]
    async fn one_that_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("echo $$ > '{}'; echo '{{\"progress\":0.1}}'; exec sleep 1000", file.display());
        assert_eq!(code(&script, Duration::from_secs(1)).await, "media-hung");
        let pid = std::fs::read_to_string(&file).unwrap();
        let process = Path::new("/proc").join(pid.trim());
        // Killed at once; gone when the kernel has said so.
        while process.exists() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_prober_that_crashes_or_hangs_has_found_nothing() {
        let found = async |script: &str, patience| match examined(child(script), patience).await.unwrap() {
            Probed::Nothing(why) => why,
            Probed::Media(media) => panic!("{media:?}"),
        };
        assert_eq!(found("kill -SEGV $$", PATIENT).await, "unreadable");
        assert_eq!(found("exec sleep 1000", IMPATIENT).await, "too slow");
        assert_eq!(found("echo '{'", PATIENT).await, "unreadable");
    }
}
