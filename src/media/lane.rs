//! One track on its way through decoder, filters and encoder; runs in the child process only.

use std::ops::Deref;
use std::path::Path;

use anyhow::Context as _;
use ffmpeg_next as ffmpeg;
use ffmpeg_next::codec::encoder::Encoder;
use ffmpeg_next::codec::threading;
use ffmpeg_next::filter::Graph;
use ffmpeg_next::format::context::{Input, Output};
use ffmpeg_next::media::Type;
use ffmpeg_next::util::frame::{Audio, Frame, Video};
use ffmpeg_next::{Packet, Rational, Rescale, Stream};

use super::picture::MOST_PIXELS;

/// Opens a file of the machine; nothing in it makes FFmpeg open another address.
pub fn opened(file: &Path) -> anyhow::Result<Input> {
    let mut options = ffmpeg::Dictionary::new();
    options.set("protocol_whitelist", "file");
    ffmpeg::format::input_with_dictionary(file, options).context("no media file")
}

/// A decoded piece.
enum Piece {
    Picture(Video),
    Sound(Audio),
}

impl Deref for Piece {
    type Target = Frame;
    fn deref(&self) -> &Frame {
        match self {
            Self::Picture(picture) => picture,
            Self::Sound(sound) => sound,
        }
    }
}

impl Piece {
    fn empty(is_picture: bool) -> Self {
        if is_picture { Self::Picture(Video::empty()) } else { Self::Sound(Audio::empty()) }
    }

    fn frame(&mut self) -> &mut Frame {
        match self {
            Self::Picture(picture) => picture,
            Self::Sound(sound) => sound,
        }
    }

    /// What a filter graph has to know of it; `None` for what no sane file holds.
    fn described(&self, time_base: Rational) -> Option<String> {
        match self {
            Self::Picture(picture) => {
                let (width, height) = (picture.width(), picture.height());
                let sane = width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MOST_PIXELS;
                let ratio = Some(picture.aspect_ratio()).filter(|r| r.numerator() > 0 && r.denominator() > 0);
                let ratio = ratio.unwrap_or(Rational(1, 1));
                let format = picture.format().descriptor().filter(|_| sane)?.name();
                Some(format!(
                    "video_size={width}x{height}:pix_fmt={format}:time_base={time_base}:pixel_aspect={}/{}",
                    ratio.numerator(),
                    ratio.denominator()
                ))
            }
            Self::Sound(sound) => {
                let layout = match sound.channel_layout().bits() {
                    0 => format!("channels={}", sound.channels()),
                    known => format!("channel_layout=0x{known:x}"),
                };
                let (rate, format) = (sound.rate(), sound.format().name());
                (rate > 0).then(|| format!("time_base={time_base}:sample_rate={rate}:sample_fmt={format}:{layout}"))
            }
        }
    }
}

/// A decoder with the filters behind it. Passes over what is damaged; begins the filters anew when the track changes its
/// form on the way.
pub struct Filtered {
    decoder: ffmpeg::decoder::Opened,
    time_base: Rational,
    is_picture: bool,
    spec: String,
    graph: Option<(String, Graph)>,
}

impl Filtered {
    /// The track of a stream, through the filters of `spec`.
    pub fn new(stream: &Stream, spec: String) -> anyhow::Result<Self> {
        let mut context = ffmpeg::codec::context::Context::from_parameters(stream.parameters())?;
        context.set_threading(threading::Config { kind: threading::Type::Frame, ..threading::Config::default() });
        let is_picture = stream.parameters().medium() == Type::Video;
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        let decoder = if is_picture { decoder.video()?.0 } else { decoder.audio()?.0 };
        Ok(Self { decoder, time_base: stream.time_base(), is_picture, spec, graph: None })
    }

    /// Whether pictures come out, or sound.
    pub fn is_picture(&self) -> bool {
        self.is_picture
    }

    /// Gives a packet, or the end; `made` gets each frame that comes out, with its time base.
    pub fn give(
        &mut self,
        packet: Option<&Packet>,
        made: &mut dyn FnMut(&mut Frame, Rational) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // What is damaged is passed over: the next packet may be whole.
        let _ = match packet {
            Some(packet) => self.decoder.send_packet(packet),
            None => self.decoder.send_eof(),
        };
        loop {
            let mut piece = Piece::empty(self.is_picture);
            if self.decoder.receive_frame(piece.frame()).is_err() {
                break;
            }
            let at = piece.timestamp();
            piece.frame().set_pts(at);
            let Some(described) = piece.described(self.time_base) else { continue };
            if self.graph.as_ref().is_some_and(|(known, _)| *known != described) {
                self.drain(true, made)?;
                self.graph = None;
            }
            if self.graph.is_none() {
                self.graph = Some((described.clone(), self.filters(&described)?));
            }
            let entry = self.graph.as_mut().and_then(|(_, graph)| graph.get("in"));
            if entry.is_some_and(|mut entry| entry.source().add(&piece).is_ok()) {
                self.drain(false, made)?;
            }
        }
        if packet.is_none() {
            self.drain(true, made)?;
        }
        Ok(())
    }

    fn filters(&self, described: &str) -> anyhow::Result<Graph> {
        let (entry, exit) = if self.is_picture { ("buffer", "buffersink") } else { ("abuffer", "abuffersink") };
        let found = |name: &str| ffmpeg::filter::find(name).with_context(|| format!("FFmpeg has no {name}"));
        let mut graph = Graph::new();
        graph.add(&found(entry)?, "in", described)?;
        graph.add(&found(exit)?, "out", "")?;
        graph.output("in", 0)?.input("out", 0)?.parse(&self.spec)?;
        graph.validate()?;
        Ok(graph)
    }

    fn drain(
        &mut self,
        is_end: bool,
        made: &mut dyn FnMut(&mut Frame, Rational) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let Some((_, graph)) = &mut self.graph else { return Ok(()) };
        if is_end && let Some(mut entry) = graph.get("in") {
            entry.source().flush()?;
        }
        let Some(mut exit) = graph.get("out") else { return Ok(()) };
        let mut piece = Piece::empty(self.is_picture);
        while exit.sink().frame(piece.frame()).is_ok() {
            let time_base = exit.sink().time_base();
            made(piece.frame(), time_base)?;
        }
        Ok(())
    }
}

/// A track that is decoded and encoded anew.
pub struct Lane {
    filtered: Filtered,
    encoding: Encoding,
}

/// The encoder's end of a lane.
pub struct Encoding {
    /// The encoder.
    pub encoder: Encoder,
    /// Its time base.
    pub time_base: Rational,
    /// The track of the output.
    pub track: usize,
    /// Whether it encodes pictures.
    pub is_picture: bool,
    /// When the input begins, in its own time base of microseconds; the output begins at zero.
    pub begins: i64,
    /// The last time that was encoded; encoders want them to grow.
    pub last: Option<i64>,
    /// Frames so far.
    pub frames: u64,
    /// How long a picture is shown, by the two before; 0 for sound, whose encoder knows it by the samples.
    pub shown: i64,
}

const MICROSECONDS: Rational = Rational(1, ffmpeg::ffi::AV_TIME_BASE);

impl Lane {
    /// Joins both ends.
    pub fn new(filtered: Filtered, encoding: Encoding) -> Self {
        Self { filtered, encoding }
    }

    /// Takes a packet of the track, or its end, and writes what comes of it.
    pub fn take(&mut self, packet: Option<&Packet>, output: &mut Output) -> anyhow::Result<()> {
        let Self { filtered, encoding } = self;
        filtered.give(packet, &mut |frame, time_base| encoding.encode(frame, time_base, output))?;
        if packet.is_none() {
            encoding.encoder.send_eof()?;
            encoding.write(output)?;
        }
        Ok(())
    }

    /// Frames encoded so far.
    pub fn frames(&self) -> u64 {
        self.encoding.frames
    }
}

impl Encoding {
    fn encode(&mut self, frame: &mut Frame, time_base: Rational, output: &mut Output) -> anyhow::Result<()> {
        let begins = self.begins.rescale(MICROSECONDS, self.time_base);
        let at = match (frame.pts(), self.last) {
            (Some(at), _) => at.rescale(time_base, self.time_base) - begins,
            (None, Some(last)) => last + 1,
            (None, None) => 0,
        };
        // Two at one moment: the second is dropped.
        if self.last.is_some_and(|last| at <= last) || at < 0 {
            return Ok(());
        }
        // What filters say of it is of no use: some double the time base and not the duration.
        if let Some(last) = self.last.filter(|_| self.is_picture) {
            self.shown = at - last;
        }
        self.last = Some(at);
        self.frames += 1;
        frame.set_pts(Some(at));
        self.encoder.send_frame(frame)?;
        self.write(output)
    }

    fn write(&mut self, output: &mut Output) -> anyhow::Result<()> {
        let Some(time_base) = output.stream(self.track).map(|stream| stream.time_base()) else { return Ok(()) };
        let mut packet = Packet::empty();
        while self.encoder.receive_packet(&mut packet).is_ok() {
            packet.set_stream(self.track);
            // The encoder counts in the time base of what came before it: the film would end as its last picture begins.
            if self.shown > 0 {
                packet.set_duration(self.shown);
            }
            packet.rescale_ts(self.time_base, time_base);
            packet.write_interleaved(output)?;
        }
        Ok(())
    }
}
