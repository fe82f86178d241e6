//! The probing itself; runs in the child process only.

use std::path::Path;

use anyhow::Context as _;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::encoder;
use ffmpeg_next::format::stream::Disposition;
use ffmpeg_next::format::{Pixel, context};
use ffmpeg_next::media::Type;
use ffmpeg_next::software::scaling;
use ffmpeg_next::util::frame::Video;
use serde::{Deserialize, Serialize};

/// Posters are at most this wide.
const WIDEST: u32 = 1280;
/// A decoder that gives no picture after so many packets will not.
const MOST_PACKETS: usize = 2_000;
/// Larger pictures are bombs, not videos.
const MOST_PIXELS: u64 = 8192 * 8192;

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
    format!(
        "FFmpeg libraries: avformat {}, avcodec {}, avutil {}",
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

/// The first picture that decodes at or after `at` (in AV_TIME_BASE units).
fn picture_at(
    input: &mut context::Input,
    index: usize,
    decoder: &mut ffmpeg::decoder::Video,
    at: i64,
) -> Option<Video> {
    if at > 0 {
        input.seek(at, ..at).ok()?;
        decoder.flush();
    }
    let mut frame = Video::empty();
    for (stream, packet) in input.packets().take(MOST_PACKETS) {
        if stream.index() != index {
            continue;
        }
        // A damaged packet is skipped: the next may be whole.
        if decoder.send_packet(&packet).is_ok() && decoder.receive_frame(&mut frame).is_ok() {
            return Some(frame);
        }
    }
    decoder.send_eof().ok()?;
    decoder.receive_frame(&mut frame).ok().map(|()| frame)
}

fn write_jpeg(frame: &Video, target: &Path) -> anyhow::Result<()> {
    let (width, height) = (frame.width(), frame.height());
    anyhow::ensure!(width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MOST_PIXELS, "no sane picture");
    let to_width = width.min(WIDEST) & !1;
    let to_height = (u64::from(height) * u64::from(to_width) / u64::from(width)).clamp(2, 8192) as u32 & !1;
    let mut scaler = scaling::Context::get(
        frame.format(),
        width,
        height,
        Pixel::YUVJ420P,
        to_width.max(2),
        to_height,
        scaling::Flags::BICUBIC,
    )?;
    let mut scaled = Video::empty();
    scaler.run(frame, &mut scaled)?;
    scaled.set_pts(Some(0));
    let codec = encoder::find(ffmpeg::codec::Id::MJPEG).context("FFmpeg was built without JPEG")?;
    let mut setup = ffmpeg::codec::context::Context::new_with_codec(codec).encoder().video()?;
    setup.set_width(scaled.width());
    setup.set_height(scaled.height());
    setup.set_format(Pixel::YUVJ420P);
    setup.set_time_base((1, 25));
    let mut options = ffmpeg::Dictionary::new();
    options.set("qmin", "4");
    options.set("qmax", "6");
    let mut encoder = setup.open_as_with(codec, options)?;
    encoder.send_frame(&scaled)?;
    encoder.send_eof()?;
    let mut packet = ffmpeg::Packet::empty();
    encoder.receive_packet(&mut packet)?;
    std::fs::write(target, packet.data().context("an empty picture")?)?;
    Ok(())
}
