//! The wanted form of picture and sound, and the encoders that make it; runs in the child process only.

use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::Id;
use ffmpeg_next::codec::encoder::{self, Encoder};
use ffmpeg_next::codec::packet::side_data;
use ffmpeg_next::codec::profile::{AAC, H264, Profile};
use ffmpeg_next::format::context::Output;
use ffmpeg_next::format::{Flags, Pixel, Sample, sample};
use ffmpeg_next::{ChannelLayout, Dictionary, Rational, Stream};

/// The longer and the shorter side of a picture, at most: a film held upright keeps its form.
const LONGEST: u32 = 1280;
const SHORTEST: u32 = 720;
/// Faster films are shown with every second picture: training films gain nothing by more.
const MOST_RATE: f64 = 30.5;
/// Bits a second of a file that is kept as it is, at most.
pub const MOST_BIT_RATE: u64 = 4_000_000;
/// Time base of the picture: all usual rates are whole in it.
pub const PICTURE_TIME: Rational = Rational(1, 90_000);
const SOUND_RATE: i32 = 48_000;
/// Time base of the sound.
pub const SOUND_TIME: Rational = Rational(1, SOUND_RATE);
const SOUND_BITS: usize = 128_000;
/// Samples of one AAC frame.
const SOUND_FRAME: u32 = 1024;

/// The settings of libx264: a constant quality that is bounded in bits, and a key picture every five seconds at least, so
/// that seeking is quick.
pub const X264: [(&str, &str); 8] = [
    ("preset", "veryfast"),
    ("crf", "23"),
    ("maxrate", "2500000"),
    ("bufsize", "5000000"),
    ("profile", "high"),
    ("level", "4.0"),
    ("g", "150"),
    ("threads", "0"),
];

/// Whether this machine's FFmpeg has the encoders.
pub fn can_encode() -> bool {
    encoder::find_by_name("libx264").is_some() && encoder::find(Id::AAC).is_some()
}

/// What a picture track looks like.
pub struct Shape {
    width: u32,
    height: u32,
    /// Of one pixel.
    ratio: Rational,
    /// Degrees to turn clockwise for showing: 0, 90, 180 or 270.
    turn: u32,
    mirrored: bool,
    rate: f64,
    format: Pixel,
    is_h264: bool,
    is_square: bool,
}

impl Shape {
    /// Of a stream.
    pub fn of(stream: &Stream) -> anyhow::Result<Self> {
        let decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())?.decoder().video()?;
        let (turn, mirrored) = turned(stream);
        let ratio = decoder.aspect_ratio();
        let known = ratio.numerator() > 0 && ratio.denominator() > 0;
        let ratio = if known { ratio } else { Rational(1, 1) };
        anyhow::ensure!(decoder.width() > 0 && decoder.height() > 0, "a picture without size");
        let pixels = u64::from(decoder.width()) * u64::from(decoder.height());
        anyhow::ensure!(pixels <= super::picture::MOST_PIXELS, "a picture too large to be one");
        Ok(Self {
            width: decoder.width(),
            height: decoder.height(),
            ratio,
            turn,
            mirrored,
            rate: f64::from(stream.avg_frame_rate()),
            format: decoder.format(),
            is_h264: decoder.id() == Id::H264
                && matches!(
                    decoder.profile(),
                    Profile::H264(H264::Baseline | H264::ConstrainedBaseline | H264::Main | H264::High)
                ),
            is_square: ratio.numerator() == ratio.denominator(),
        })
    }

    /// Whether it can be played as it is.
    pub fn is_fine(&self) -> bool {
        let plain = self.turn == 0 && !self.mirrored && self.is_square;
        plain && self.is_h264 && self.format == Pixel::YUV420P && self.fitted() == (self.width, self.height)
    }

    /// The size it is shown in: turned, its pixels square, inside the bounds, sides even. Never larger than it came.
    pub fn fitted(&self) -> (u32, u32) {
        let stretched = f64::from(self.width) * f64::from(self.ratio);
        let (width, height) = match self.turn {
            90 | 270 => (f64::from(self.height), stretched),
            _ => (stretched, f64::from(self.height)),
        };
        let (longest, shortest) = (width.max(height), width.min(height));
        let scale = (f64::from(LONGEST) / longest).min(f64::from(SHORTEST) / shortest).min(1.0);
        let even = |side: f64| (((side * scale / 2.0).round() as u32) * 2).clamp(2, LONGEST);
        (even(width), even(height))
    }

    /// The filters that bring it there.
    pub fn filters(&self) -> String {
        let (width, height) = self.fitted();
        let mut filters = Vec::new();
        match self.turn {
            90 => filters.push("transpose=clock".to_owned()),
            180 => filters.extend(["hflip".to_owned(), "vflip".to_owned()]),
            270 => filters.push("transpose=cclock".to_owned()),
            _ => {}
        }
        if self.mirrored {
            filters.push("hflip".to_owned());
        }
        filters.push("yadif=deint=interlaced".to_owned());
        filters.push(format!("scale={width}:{height}:flags=bicubic"));
        filters.push("setsar=1".to_owned());
        if let Some(rate) = self.fewer() {
            filters.push(format!("fps={rate:.6}"));
        }
        filters.push("format=pix_fmts=yuv420p".to_owned());
        filters.join(",")
    }

    /// Pictures a second, if there are too many of them.
    fn fewer(&self) -> Option<f64> {
        let mut rate = self.rate;
        while rate > MOST_RATE && rate < 1000.0 {
            rate /= 2.0;
        }
        let rate = if rate.is_finite() && rate < 1000.0 { rate } else { 25.0 };
        (self.rate > MOST_RATE).then_some(rate)
    }
}

/// How a phone held the film: the display matrix (ISO/IEC 14496-12 section 8.3.2) as degrees clockwise, and mirroring.
fn turned(stream: &Stream) -> (u32, bool) {
    let Some(data) = stream.side_data().find(|data| data.kind() == side_data::Type::DisplayMatrix) else {
        return (0, false);
    };
    let numbers: Vec<f64> =
        data.data().as_chunks::<4>().0.iter().map(|bytes| f64::from(i32::from_ne_bytes(*bytes)) / 65_536.0).collect();
    let [a, b, _, c, d, ..] = numbers.as_slice() else { return (0, false) };
    if a.hypot(*c) == 0.0 || b.hypot(*d) == 0.0 {
        return (0, false);
    }
    let degrees = (b / b.hypot(*d)).atan2(a / a.hypot(*c)).to_degrees();
    let quarter = ((degrees / 90.0).round() as i32).rem_euclid(4);
    ((quarter as u32) * 90, a * d - b * c < 0.0)
}

/// Whether a sound track is AAC as every browser plays it.
pub fn is_plain_aac(stream: &Stream) -> bool {
    let context = ffmpeg::codec::context::Context::from_parameters(stream.parameters());
    context.and_then(|context| context.decoder().audio()).is_ok_and(|decoder| {
        decoder.id() == Id::AAC
            && matches!(decoder.profile(), Profile::AAC(AAC::Low | AAC::HE))
            && decoder.channels() <= 2
            && decoder.rate() <= 48_000
    })
}

/// An encoder for pictures of this shape, with its track in `output`.
pub fn picture_encoder(shape: &Shape, output: &mut Output) -> anyhow::Result<(Encoder, usize)> {
    let codec = encoder::find_by_name("libx264").ok_or(ffmpeg::Error::EncoderNotFound)?;
    let global = output.format().flags().contains(Flags::GLOBAL_HEADER);
    let mut track = output.add_stream(codec)?;
    let mut setup = ffmpeg::codec::context::Context::new_with_codec(codec).encoder().video()?;
    let (width, height) = shape.fitted();
    setup.set_width(width);
    setup.set_height(height);
    setup.set_format(Pixel::YUV420P);
    setup.set_aspect_ratio((1, 1));
    setup.set_time_base(PICTURE_TIME);
    if global {
        setup.set_flags(ffmpeg::codec::Flags::GLOBAL_HEADER);
    }
    let mut options = Dictionary::new();
    for (name, value) in X264 {
        options.set(name, value);
    }
    let encoder = setup.open_as_with(codec, options)?;
    track.set_parameters(&encoder);
    track.set_time_base(PICTURE_TIME);
    Ok((encoder.0.0, track.index()))
}

/// An encoder for the sound of a stream, with its track in `output` and the filters before it.
pub fn sound_encoder(
    stream: &Stream,
    gain: Option<f64>,
    output: &mut Output,
) -> anyhow::Result<(Encoder, usize, String)> {
    let codec = encoder::find(Id::AAC).ok_or(ffmpeg::Error::EncoderNotFound)?;
    let global = output.format().flags().contains(Flags::GLOBAL_HEADER);
    let decoder = ffmpeg::codec::context::Context::from_parameters(stream.parameters())?.decoder().audio()?;
    let (layout, word) =
        if decoder.channels() == 1 { (ChannelLayout::MONO, "mono") } else { (ChannelLayout::STEREO, "stereo") };
    let mut track = output.add_stream(codec)?;
    let mut setup = ffmpeg::codec::context::Context::new_with_codec(codec).encoder().audio()?;
    setup.set_rate(SOUND_RATE);
    setup.set_channel_layout(layout);
    setup.set_format(Sample::F32(sample::Type::Planar));
    setup.set_bit_rate(if decoder.channels() == 1 { SOUND_BITS / 2 } else { SOUND_BITS });
    setup.set_time_base(SOUND_TIME);
    if global {
        setup.set_flags(ffmpeg::codec::Flags::GLOBAL_HEADER);
    }
    let encoder = setup.open_as(codec)?;
    track.set_parameters(&encoder);
    track.set_time_base(SOUND_TIME);
    let loudness = match gain {
        // What the gain would push over the top is held at -1.5 dB.
        Some(gain) if gain > 0.0 => format!("volume={gain:.2}dB,alimiter=limit=0.841:level=0,"),
        Some(gain) => format!("volume={gain:.2}dB,"),
        None => String::new(),
    };
    let filters = format!(
        "aresample={SOUND_RATE}:async=1,{loudness}\
         aformat=sample_fmts=fltp:sample_rates={SOUND_RATE}:channel_layouts={word},asetnsamples=n={SOUND_FRAME}:p=0"
    );
    Ok((encoder.0.0, track.index(), filters))
}
