//! How loud a sound is (EBU R 128); runs in the child process only.

use std::path::Path;

use ffmpeg_next as ffmpeg;
use ffmpeg_next::util::frame::Frame;

use super::lane::{Filtered, opened};

/// What speech and music of all media are brought to, in LUFS: what a listener sets once fits every film.
pub const TARGET: f64 = -16.0;
/// Silence, and hiss that must not be made loud.
const SILENCE: f64 = -60.0;
/// More than this is not loudness that was lost but noise.
const MOST_GAIN: f64 = 24.0;

/// The gain in dB that brings a sound track to [`TARGET`]: a first pass over the whole of it. `None` if it is silent or
/// cannot be told.
pub fn gain(file: &Path, index: usize, mut told: impl FnMut(f64)) -> anyhow::Result<Option<f64>> {
    let mut input = opened(file)?;
    let length = input.duration().max(1) as f64 / f64::from(ffmpeg::ffi::AV_TIME_BASE);
    let Some(stream) = input.stream(index) else { return Ok(None) };
    let time_base = f64::from(stream.time_base());
    let mut track = Filtered::new(&stream, "ebur128=metadata=1:peak=none".to_owned())?;
    let mut loudness: Option<f64> = None;
    // Each frame carries the loudness of all that came before; the last one is that of the whole.
    let mut measured = |frame: &mut Frame, _| {
        let figure = frame.metadata().get("lavfi.r128.I").and_then(|figure| figure.parse::<f64>().ok());
        loudness = figure.filter(|figure| figure.is_finite()).or(loudness);
        Ok(())
    };
    for (_, packet) in input.packets().filter(|(stream, _)| stream.index() == index) {
        told(packet.pts().map_or(0.0, |at| at as f64 * time_base / length).clamp(0.0, 1.0));
        track.give(Some(&packet), &mut measured)?;
    }
    track.give(None, &mut measured)?;
    Ok(loudness.filter(|measured| *measured > SILENCE).map(|measured| (TARGET - measured).clamp(-MOST_GAIN, MOST_GAIN)))
}
