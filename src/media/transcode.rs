//! Making the one form of a medium that every browser plays: H.264 and AAC in MP4, its index first. Runs in the child
//! process only.
//!
//! What already is such a form is left as it is; a film whose picture is fine keeps it, and only its sound or its container
//! is made anew.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::context::{Input, Output};
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::media::Type;
use ffmpeg_next::{Dictionary, Packet, Rational, Rescale};
use serde::{Deserialize, Serialize};

use super::lane::{Encoding, Filtered, Lane, opened};
use super::tracks::{self, Shape};
use super::{faststart, loudness, picture};

/// Most address space of the child, in bytes; decoders reserve far more than they use.
const MOST_MEMORY: u64 = 6 << 30;
/// Most processor time of the child, in seconds.
const MOST_SECONDS: u64 = 8 * 3600;
/// Largest file it writes.
const MOST_BYTES: u64 = 16 << 30;
/// Share of the work that measuring the loudness is.
const MEASURING: f64 = 0.08;
/// A track that is so near the wanted loudness (in dB) is not encoded again for it.
const NEAR: f64 = 2.0;

/// What came of a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The upload is played as it is.
    AsIs,
    /// Its tracks were put into a container that plays while it loads.
    Remuxed,
    /// The picture was kept, the sound encoded.
    SoundEncoded,
    /// All of it was encoded.
    Encoded,
}

/// The form that is played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// How it came about.
    pub way: Way,
    /// Seconds.
    pub duration: f64,
    /// Pixels, of a film.
    pub width: Option<u32>,
    /// Pixels, of a film.
    pub height: Option<u32>,
    /// What was added to the loudness, in dB.
    pub gain: Option<f64>,
    /// Whether a poster was written.
    pub poster: bool,
}

/// What the child says, a line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// How much is done, 0 to 1.
    Progress(f64),
    /// It is done.
    Made(Made),
    /// It cannot be done, for a reason with a code.
    Failed(String),
}

impl Line {
    fn say(&self) {
        let Ok(line) = serde_json::to_string(self) else { return };
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            // Nobody listens: the server was killed, and what we make would belong to nobody.
            std::process::exit(1);
        }
    }
}

/// Says how far it is, not more often than a reader needs and never longer silent than a guard waits.
struct Teller {
    last: Instant,
}

impl Teller {
    fn tell(&mut self, share: f64) {
        if self.last.elapsed() >= Duration::from_millis(500) {
            self.last = Instant::now();
            Line::Progress(share.clamp(0.0, 1.0)).say();
        }
    }
}

/// Makes the form of `file` that is played, at `target`, and its poster; says how far it is on standard output, and last
/// what came of it.
///
/// Limits the memory and time of the whole process first, so it is for a process of its own.
pub fn transcode(file: &Path, target: &Path, poster: &Path) -> anyhow::Result<()> {
    rlimit::setrlimit(rlimit::Resource::AS, MOST_MEMORY, MOST_MEMORY)?;
    rlimit::setrlimit(rlimit::Resource::CPU, MOST_SECONDS, MOST_SECONDS)?;
    rlimit::setrlimit(rlimit::Resource::FSIZE, MOST_BYTES, MOST_BYTES)?;
    ffmpeg::init()?;
    ffmpeg::log::set_level(ffmpeg::log::Level::Quiet);
    if !tracks::can_encode() {
        Line::Failed("media-encoder-missing".to_owned()).say();
        anyhow::bail!("FFmpeg has no libx264 or no AAC encoder");
    }
    let mut teller = Teller { last: Instant::now() };
    let plan = Plan::of(file, &mut teller)?;
    let mut made = plan.carry_out(file, target, &mut teller)?;
    let played = if made.way == Way::AsIs { file } else { target };
    // A film without a poster is a film all the same.
    made.poster = plan.film.is_some() && picture::write_poster(played, poster).unwrap_or(false);
    Line::Made(made).say();
    Ok(())
}

/// A film's picture track.
struct Film {
    index: usize,
    shape: Shape,
    /// It is of the wanted form.
    keep: bool,
}

/// A sound track.
struct Sound {
    index: usize,
    gain: Option<f64>,
    keep: bool,
}

/// What is to be done.
struct Plan {
    film: Option<Film>,
    sound: Option<Sound>,
    as_is: bool,
    duration: f64,
    begins: i64,
}

impl Plan {
    fn of(file: &Path, teller: &mut Teller) -> anyhow::Result<Self> {
        let input = opened(file)?;
        let duration = seconds(&input);
        let is_mp4 = input.format().name().contains("mp4");
        // Transport streams and AVI mark frames in ways that MP4 does not; those are encoded anew.
        let is_movable = is_mp4 || input.format().name().contains("matroska");
        let film = match picture_of(&input) {
            Some(stream) => {
                let shape = Shape::of(&stream)?;
                let keep = is_movable && shape.is_fine() && bit_rate(&input, file) <= tracks::MOST_BIT_RATE as f64;
                Some(Film { index: stream.index(), shape, keep })
            }
            None => None,
        };
        let sound = input.streams().best(Type::Audio).map(|stream| (stream.index(), tracks::is_plain_aac(&stream)));
        let begins = input.streams().filter_map(|stream| begin(&stream)).min().unwrap_or(0);
        drop(input);
        let sound = match sound {
            // A sound track that cannot be decoded leaves a silent film.
            Some((index, fine)) => loudness::gain(file, index, |share| teller.tell(share * MEASURING))
                .map(|gain| Sound {
                    index,
                    gain,
                    keep: fine && is_movable && gain.is_none_or(|gain| gain.abs() <= NEAR),
                })
                .ok(),
            None => None,
        };
        anyhow::ensure!(film.is_some() || sound.is_some(), "neither picture nor sound");
        let kept = film.as_ref().is_none_or(|film| film.keep) && sound.as_ref().is_none_or(|sound| sound.keep);
        let as_is = kept && is_mp4 && faststart::is_index_first(file)?;
        Ok(Self { film, sound, as_is, duration, begins })
    }

    fn way(&self) -> Way {
        let film = self.film.as_ref().map(|film| film.keep);
        let sound = self.sound.as_ref().is_none_or(|sound| sound.keep);
        match (film, sound) {
            _ if self.as_is => Way::AsIs,
            (Some(true) | None, true) => Way::Remuxed,
            (Some(true), false) => Way::SoundEncoded,
            _ => Way::Encoded,
        }
    }

    fn carry_out(&self, file: &Path, target: &Path, teller: &mut Teller) -> anyhow::Result<Made> {
        let fitted = self.film.as_ref().map(|film| film.shape.fitted());
        let mut made = Made {
            way: self.way(),
            duration: self.duration,
            width: fitted.map(|(width, _)| width),
            height: fitted.map(|(_, height)| height),
            gain: self.sound.as_ref().filter(|sound| !sound.keep).and_then(|sound| sound.gain),
            poster: false,
        };
        if !self.as_is {
            self.write(file, target, teller)?;
            made.duration = seconds(&opened(target)?);
        }
        Ok(made)
    }

    fn write(&self, file: &Path, target: &Path, teller: &mut Teller) -> anyhow::Result<()> {
        let mut input = opened(file)?;
        let mut output = ffmpeg::format::output(target)?;
        let mut ways: Vec<Option<Track>> = (0..input.streams().count()).map(|_| None).collect();
        if let Some(film) = &self.film {
            ways[film.index] = Some(self.film_track(film, &input, &mut output)?);
        }
        if let Some(sound) = &self.sound {
            ways[sound.index] = Some(self.sound_track(sound, &input, &mut output)?);
        }
        let mut options = Dictionary::new();
        options.set("movflags", "+faststart");
        output.write_header_with(options)?;
        let size = std::fs::metadata(file)?.len().max(1) as f64;
        for (stream, mut packet) in input.packets() {
            let Some(track) = ways.get_mut(stream.index()).and_then(Option::as_mut) else { continue };
            let at = packet.pts().map_or(0.0, |at| at as f64 * f64::from(stream.time_base()));
            // Where a file does not tell its length, its bytes do.
            let share = if self.duration > 0.0 { at / self.duration } else { packet.position() as f64 / size };
            teller.tell(MEASURING + share.clamp(0.0, 1.0) * (0.98 - MEASURING));
            track.take(&mut packet, stream.time_base(), &mut output)?;
        }
        let mut frames = 0;
        for track in ways.iter_mut().flatten() {
            frames += track.end(&mut output)?;
        }
        anyhow::ensure!(frames > 0, "nothing could be decoded");
        output.write_trailer()?;
        Ok(())
    }

    fn film_track(&self, film: &Film, input: &Input, output: &mut Output) -> anyhow::Result<Track> {
        let stream = input.stream(film.index).context("the film has no picture")?;
        if film.keep {
            return Track::copied(&stream, output, self.begins);
        }
        let (encoder, track) = tracks::picture_encoder(&film.shape, output)?;
        let filtered = Filtered::new(&stream, film.shape.filters())?;
        Ok(self.lane(filtered, encoder, tracks::PICTURE_TIME, track))
    }

    fn sound_track(&self, sound: &Sound, input: &Input, output: &mut Output) -> anyhow::Result<Track> {
        let stream = input.stream(sound.index).context("the file has no sound")?;
        if sound.keep {
            return Track::copied(&stream, output, self.begins);
        }
        let (encoder, track, filters) = tracks::sound_encoder(&stream, sound.gain, output)?;
        let filtered = Filtered::new(&stream, filters)?;
        Ok(self.lane(filtered, encoder, tracks::SOUND_TIME, track))
    }

    fn lane(
        &self,
        filtered: Filtered,
        encoder: ffmpeg::codec::encoder::Encoder,
        time_base: Rational,
        track: usize,
    ) -> Track {
        let (begins, is_picture) = (self.begins, filtered.is_picture());
        Track::Encoded(Box::new(Lane::new(
            filtered,
            Encoding { encoder, time_base, track, is_picture, begins, last: None, frames: 0, shown: 0 },
        )))
    }
}

/// A track of the output.
enum Track {
    Copied { track: usize, begins: i64, packets: u64 },
    Encoded(Box<Lane>),
}

impl Track {
    fn copied(stream: &ffmpeg::Stream, output: &mut Output, begins: i64) -> anyhow::Result<Self> {
        let mut copy = output.add_stream(ffmpeg::encoder::find(ffmpeg::codec::Id::None))?;
        copy.set_parameters(stream.parameters());
        Ok(Self::Copied { track: copy.index(), begins, packets: 0 })
    }

    fn take(&mut self, packet: &mut Packet, time_base: Rational, output: &mut Output) -> anyhow::Result<()> {
        match self {
            Self::Encoded(lane) => lane.take(Some(packet), output),
            Self::Copied { track, begins, packets } => {
                let to = output.stream(*track).context("the track that was added")?.time_base();
                let begins = begins.rescale(MICROSECONDS, time_base);
                packet.set_pts(packet.pts().map(|at| at - begins));
                packet.set_dts(packet.dts().map(|at| at - begins));
                packet.rescale_ts(time_base, to);
                packet.set_position(-1);
                packet.set_stream(*track);
                *packets += 1;
                Ok(packet.write_interleaved(output)?)
            }
        }
    }

    fn end(&mut self, output: &mut Output) -> anyhow::Result<u64> {
        match self {
            Self::Copied { packets, .. } => Ok(*packets),
            Self::Encoded(lane) => lane.take(None, output).map(|()| lane.frames()),
        }
    }
}

const MICROSECONDS: Rational = Rational(1, ffmpeg::ffi::AV_TIME_BASE);

/// The moving pictures of a file; the cover of a sound is none.
fn picture_of(input: &Input) -> Option<ffmpeg::Stream<'_>> {
    input.streams().best(Type::Video).filter(|stream| !stream.disposition().contains(Disposition::ATTACHED_PIC))
}

/// When a stream begins, in microseconds.
fn begin(stream: &ffmpeg::Stream) -> Option<i64> {
    let medium = stream.parameters().medium();
    let is_played = matches!(medium, Type::Video | Type::Audio) && stream.start_time() != ffmpeg::ffi::AV_NOPTS_VALUE;
    is_played.then(|| stream.start_time().rescale(stream.time_base(), MICROSECONDS))
}

fn seconds(input: &Input) -> f64 {
    input.duration().max(0) as f64 / f64::from(ffmpeg::ffi::AV_TIME_BASE)
}

/// Bits a second of the whole file.
fn bit_rate(input: &Input, file: &Path) -> f64 {
    let bytes = std::fs::metadata(file).map_or(0, |file| file.len());
    bytes as f64 * 8.0 / seconds(input).max(0.1)
}
