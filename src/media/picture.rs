//! One picture out of a film, and the one that stands for it; runs in the child process only.

use std::path::Path;

use anyhow::Context as _;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::encoder;
use ffmpeg_next::format::{Pixel, context};
use ffmpeg_next::media::Type;
use ffmpeg_next::software::scaling;
use ffmpeg_next::util::frame::Video;

/// Posters are at most this wide.
const WIDEST: u32 = 1280;
/// A decoder that gives no picture after so many packets will not.
const MOST_PACKETS: usize = 2_000;
/// Larger pictures are bombs, not videos.
pub const MOST_PIXELS: u64 = 8192 * 8192;
/// Where a film is looked at for its poster, in tenths of its length.
const LOOKED_AT: [i64; 5] = [1, 2, 4, 6, 8];

/// Writes the poster of a film: of some pictures spread over it, the one that shows most. A black screen, a white one or a
/// fade have nearly one brightness everywhere, and lose. Answers whether there was a picture.
pub fn write_poster(film: &Path, poster: &Path) -> anyhow::Result<bool> {
    let mut options = ffmpeg::Dictionary::new();
    options.set("protocol_whitelist", "file");
    let mut input = ffmpeg::format::input_with_dictionary(film, options)?;
    let Some(stream) = input.streams().best(Type::Video) else { return Ok(false) };
    let index = stream.index();
    let mut decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())?.decoder().video()?;
    let length = input.duration().max(0);
    let mut best: Option<(f64, Video)> = None;
    for tenth in LOOKED_AT {
        let Some(picture) = picture_at(&mut input, index, &mut decoder, length / 10 * tenth) else { continue };
        let variety = variety(&picture);
        if best.as_ref().is_none_or(|(most, _)| variety > *most) {
            best = Some((variety, picture));
        }
        if length == 0 {
            break;
        }
    }
    best.map_or(Ok(false), |(_, picture)| write_jpeg(&picture, poster).map(|()| true))
}

/// How much the brightness of a picture varies (variance of some thousand points of its first plane).
fn variety(picture: &Video) -> f64 {
    let plane = picture.data(0);
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for value in plane.iter().step_by((plane.len() / 4096).max(1)).map(|value| f64::from(*value)) {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    if count > 0.0 { squares / count - (sum / count) * (sum / count) } else { 0.0 }
}

/// The first picture that decodes at or after `at` (in AV_TIME_BASE units).
pub fn picture_at(
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

/// Writes a picture as JPEG, no wider than a page needs it.
pub fn write_jpeg(frame: &Video, target: &Path) -> anyhow::Result<()> {
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
