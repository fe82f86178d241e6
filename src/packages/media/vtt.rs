//! Captions: WebVTT and SubRip read with their faults told by line, written as plain WebVTT. Pure.
//!
//! What is written holds cues with times, harmless settings and the marks for bold, italic, underline and voices; styles,
//! regions and everything else a file may carry are left out.

use std::fmt::Write as _;

/// Longest file.
pub const MOST_BYTES: usize = 2 << 20;
/// Most cues: a caption every two seconds for ten hours.
const MOST_CUES: usize = 18_000;
/// Marks a player understands and that do nothing but mark.
const MARKS: [&str; 4] = ["b", "i", "u", "v"];

/// What is wrong, and on which line (the first is 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, of `captions-CODE`.
    pub code: &'static str,
    /// The line.
    pub line: usize,
}

/// Captions that can be played.
#[derive(Clone, Debug, PartialEq)]
pub struct Captions {
    /// WebVTT.
    pub text: String,
    /// How many.
    pub cues: usize,
}

/// The text of a file: UTF-8, or what Windows wrote before it.
pub fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // A mark of UTF-16 is minded.
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

/// Reads WebVTT or SubRip.
pub fn read(text: &str) -> Result<Captions, Fault> {
    let fault = |code, line| Err(Fault { code, line });
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n").replace(['\r', '\0'], "\n");
    if text.trim().is_empty() {
        return fault("empty", 1);
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let is_vtt = lines[0] == "WEBVTT" || lines[0].starts_with("WEBVTT ") || lines[0].starts_with("WEBVTT\t");
    let mut at = if is_vtt { lines.iter().position(|line| line.trim().is_empty()).unwrap_or(lines.len()) } else { 0 };
    let mut written = "WEBVTT\n".to_owned();
    let (mut cues, mut last) = (0, 0);
    while at < lines.len() {
        let Some(start) = (at..lines.len()).find(|line| !lines[*line].trim().is_empty()) else { break };
        let end = (start..lines.len()).find(|line| lines[*line].trim().is_empty()).unwrap_or(lines.len());
        at = end;
        let block = &lines[start..end];
        if ["NOTE", "STYLE", "REGION"].iter().any(|kind| is_vtt && block[0].split_whitespace().next() == Some(kind)) {
            continue;
        }
        // Before the times a cue may have a name or number, on one line.
        let Some(timing) = block.iter().take(2).position(|line| line.contains("-->")) else {
            return fault(if cues == 0 && !is_vtt { "unknown" } else { "times-missing" }, start + 1);
        };
        let line = start + timing + 1;
        let Some((from, to, settings)) = times(block[timing]) else { return fault("times-invalid", line) };
        if to <= from {
            return fault("times-backwards", line);
        }
        if from < last {
            return fault("times-disordered", line);
        }
        last = from;
        let spoken: Vec<String> = block[timing + 1..].iter().map(|line| harmless(line)).collect();
        if let Some(wrong) = spoken.iter().position(|line| line.contains("-->")) {
            return fault("blank-line-missing", line + wrong + 1);
        }
        // A line of nothing but marks that are left out would end the cue.
        let spoken: Vec<String> = spoken.into_iter().filter(|line| !line.trim().is_empty()).collect();
        if spoken.is_empty() {
            continue;
        }
        cues += 1;
        if cues > MOST_CUES {
            return fault("too-many", line);
        }
        // Writing to a string does not fail.
        let _ = write!(written, "\n{} --> {}{settings}\n{}\n", clock(from), clock(to), spoken.join("\n"));
    }
    if cues == 0 { fault("empty", 1) } else { Ok(Captions { text: written, cues }) }
}

/// `00:01.000 --> 00:04.000 align:start`, in milliseconds, with the settings that are known to be harmless.
fn times(line: &str) -> Option<(u64, u64, String)> {
    let (from, rest) = line.split_once("-->")?;
    let mut words = rest.split_whitespace();
    let to = words.next()?;
    let settings: String = words.filter(|word| is_setting(word)).flat_map(|word| [" ", word]).collect();
    Some((milliseconds(from.trim())?, milliseconds(to)?, settings))
}

fn is_setting(word: &str) -> bool {
    let Some((name, value)) = word.split_once(':') else { return false };
    let plain = value.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '%' | ',' | '-'));
    matches!(name, "align" | "line" | "position" | "size" | "vertical") && plain && !value.is_empty()
}

/// `MM:SS.mmm`, `HH:MM:SS.mmm`; SubRip writes a comma.
fn milliseconds(text: &str) -> Option<u64> {
    let (clock, thousandths) = text.split_once(['.', ','])?;
    let digits = |text: &str, most: usize| {
        let fine = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        fine.then(|| text.parse::<u64>().ok()).flatten()
    };
    let thousandths = (thousandths.len() == 3).then(|| digits(thousandths, 3)).flatten()?;
    let mut parts = clock.rsplit(':');
    let (seconds, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let hours = parts.next().map_or(Some(0), |hours| digits(hours, 4))?;
    let sound = seconds < 60 && minutes < 60 && parts.next().is_none();
    sound.then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000)
}

/// A line with the known marks only; what else looks like one is text.
fn harmless(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while let Some(open) = rest.find('<') {
        kept.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('>') else { break };
        let inside = rest[1..close].trim();
        let name = inside.trim_start_matches('/').split([' ', '.', '\t']).next().unwrap_or_default();
        if MARKS.contains(&name) {
            let voice = if inside.starts_with("v ") { &inside[1..] } else { "" };
            let slash = if inside.starts_with('/') { "/" } else { "" };
            kept.push_str(&format!("<{slash}{name}{}>", voice.replace(['<', '&'], "")));
        }
        rest = &rest[close + 1..];
    }
    kept.push_str(&rest.replace('<', "&lt;"));
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (&'static str, usize) {
        let fault = read(text).unwrap_err();
        (fault.code, fault.line)
    }

    #[test]
    fn web_vtt_is_kept_and_what_is_not_speech_goes() {
        let read = read(
            "\u{FEFF}WEBVTT - Titre\nKind: captions\n\nSTYLE\n::cue { background: url(https://ailleurs.example/x) }\n\n\
             NOTE rien\n\nun\n00:01.000 --> 00:04.500 align:start region:r onclick:x\n- <v Camille>Bonjour</v> <script>alert(1)</script>\n\
             <i>Suite</i> a < b\n",
        )
        .unwrap();
        assert_eq!(
            read.text,
            "WEBVTT\n\n00:00:01.000 --> 00:00:04.500 align:start\n- <v Camille>Bonjour</v> alert(1)\n<i>Suite</i> a &lt; b\n"
        );
        assert_eq!(read.cues, 1);
    }

    #[test]
    fn sub_rip_becomes_web_vtt() {
        let read = read(
            "1\r\n00:00:01,000 --> 00:00:02,500\r\nBonjour\r\n\r\n2\r\n01:00:03,000 --> 01:00:04,000\r\nÀ bientôt\r\n",
        )
        .unwrap();
        assert_eq!(
            read.text,
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nBonjour\n\n01:00:03.000 --> 01:00:04.000\nÀ bientôt\n"
        );
        assert_eq!(read, super::read(&read.text).unwrap(), "what was written reads the same");
    }

    #[test]
    fn a_line_of_marks_that_are_left_out_leaves_no_hole_in_its_cue() {
        let read =
            read("1\n00:00:01,000 --> 00:00:02,000\n<font color=\"red\">\nBonjour\n</font>\nà tous < <\n").unwrap();
        assert_eq!(read.text, "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonjour\nà tous &lt; &lt;\n");
    }

    #[test]
    fn faults_name_their_line() {
        assert_eq!(fault(" \n"), ("empty", 1));
        assert_eq!(fault("Bonjour à tous"), ("unknown", 1));
        assert_eq!(fault("WEBVTT\n\n00:01.000 --> 00:0x.000\nA"), ("times-invalid", 3));
        assert_eq!(fault("WEBVTT\n\n00:01 --> 00:02\nA"), ("times-invalid", 3));
        assert_eq!(fault("WEBVTT\n\n00:05.000 --> 00:04.000\nA"), ("times-backwards", 3));
        assert_eq!(
            fault("WEBVTT\n\n00:05.000 --> 00:06.000\nA\n\n00:01.000 --> 00:02.000\nB"),
            ("times-disordered", 6)
        );
        assert_eq!(
            fault("WEBVTT\n\n00:05.000 --> 00:06.000\nA\n00:07.000 --> 00:08.000\nB"),
            ("blank-line-missing", 5)
        );
        assert_eq!(fault("WEBVTT\n\n00:05.000 --> 00:06.000\nA\n\nperdu"), ("times-missing", 6));
    }

    #[test]
    fn old_files_keep_their_accents() {
        assert_eq!(decoded(b"\xC0 bient\xF4t"), "À bientôt");
        assert_eq!(decoded("À bientôt".as_bytes()), "À bientôt");
    }
}
