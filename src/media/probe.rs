//! The probing itself; runs in the child process only.

use std::path::Path;

use anyhow::Context as _;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::media::Type;
use serde::{Deserialize, Serialize};

use super::picture::{MOST_PIXELS, picture_at, write_jpeg};

/// Most address space of the prober, in bytes; decoders reserve far more than they use.
const MOST_MEMORY: u64 = 4 << 30;
/// Most processor time of the prober, in seconds.
const MOST_SECONDS: u64 = 60;

/// What a media file holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// The container as FFmpeg names it (`mov,mp4,m4a,3gp,3g2,mj2`).
    pub container: String,
    /// Seconds; 0 if the file does not say.
    pub duration: f64,
    /// Of moving pictures.
    pub video_codec: Option<String>,
    /// Of the first sound track.
    pub audio_codec: Option<String>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// The title in the file's tags.
    pub title: Option<String>,
    /// Whether a poster was written.
    pub poster: bool,
}

/// The libraries and their versions.
pub fn decoders() -> String {
    let version = |packed: u32| format!("{}.{}.{}", packed >> 16, packed >> 8 & 0xff, packed & 0xff);
    let encoders = if super::tracks::can_encode() {
        "encodes H.264 and AAC"
    } else {
        "has no libx264 or AAC encoder: films are played as they were uploaded"
    };
    format!(
        "FFmpeg libraries: avformat {}, avcodec {}, avutil {}; {encoders}",
        version(ffmpeg::format::version()),
        version(ffmpeg::codec::version()),
        version(ffmpeg::util::version()),
    )
}

/// Examines `file` and writes a JPEG to `poster`: the picture at a tenth of a video, or the cover of a sound.
///
/// Limits the memory and time of the whole process first, so it is for a process of its own.
pub fn probe(file: &Path, poster: &Path) -> anyhow::Result<Media> {
    rlimit::setrlimit(rlimit::Resource::AS, MOST_MEMORY, MOST_MEMORY)?;
    rlimit::setrlimit(rlimit::Resource::CPU, MOST_SECONDS, MOST_SECONDS)?;
    ffmpeg::init()?;
    ffmpeg::log::set_level(ffmpeg::log::Level::Quiet);
    // A playlist or reference in the file must not make FFmpeg fetch anything from anywhere.
    let mut options = ffmpeg::Dictionary::new();
    options.set("protocol_whitelist", "file");
    let mut input = ffmpeg::format::input_with_dictionary(file, options).context("no media file")?;
    let mut media = Media {
        container: input.format().name().to_owned(),
        duration: (input.duration().max(0) as f64) / f64::from(ffmpeg::ffi::AV_TIME_BASE),
        title: input.metadata().get("title").map(str::to_owned),
        ..Media::default()
    };
    media.audio_codec = input.streams().best(Type::Audio).map(|stream| codec_name(&stream));
    let picture = input.streams().best(Type::Video).map(|stream| {
        let cover = stream.disposition().contains(Disposition::ATTACHED_PIC);
        (stream.index(), cover, codec_name(&stream), stream.parameters())
    });
    let Some((index, cover, codec, parameters)) = picture else { return Ok(media) };
    let decoder = ffmpeg::codec::context::Context::from_parameters(parameters)?.decoder().video();
    if !cover {
        media.video_codec = Some(codec);
    }
    let Ok(mut decoder) = decoder else { return Ok(media) };
    if !cover && decoder.width() > 0 {
        (media.width, media.height) = (Some(decoder.width()), Some(decoder.height()));
    }
    if u64::from(decoder.width()) * u64::from(decoder.height()) > MOST_PIXELS {
        return Ok(media);
    }
    let at = if cover { 0 } else { input.duration().max(0) / 10 };
    let frame = match picture_at(&mut input, index, &mut decoder, at) {
        // Some files cannot be sought, or say a duration they do not have: then the first picture.
        None if at > 0 => picture_at(&mut input, index, &mut decoder, 0),
        found => found,
    };
    media.poster = frame.is_some_and(|frame| write_jpeg(&frame, poster).is_ok());
    Ok(media)
}

fn codec_name(stream: &ffmpeg::Stream) -> String {
    stream.parameters().id().name().to_owned()
}
