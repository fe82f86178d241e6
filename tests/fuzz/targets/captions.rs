//! Captions of films.

use preau::packages::media::vtt;

use super::{Target, outcome, texts};

pub const CAPTIONS: Target = Target {
    name: "captions",
    run: captions,
    seeds: || {
        texts(&[
            "WEBVTT - Titre\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE rien\n\nun\n00:01.000 --> 00:04.500 align:start region:r\n- <v Camille>Bonjour</v> <c.x>a</c>\n<i>Suite</i> a < b\n\n00:05.000 --> 01:00:06.000\nFin &amp; <00:05.500>suite\n",
            "1\r\n00:00:01,000 --> 00:00:02,500\r\nBonjour\r\n\r\n2\r\n01:00:03,000 --> 01:00:04,000\r\n<font color=\"red\">\r\nÀ bientôt\r\n</font>\r\n",
        ])
    },
    words: &[
        "WEBVTT\n\n",
        "\n\n",
        "\n",
        "\r",
        "-->",
        "00:00:01.000 --> 00:00:02.000\n",
        "00:09.999",
        "9999:59:59.999",
        "<v ",
        "<i>",
        "</i>",
        "<",
        ">",
        "&lt;",
        "NOTE",
        "STYLE\n",
        "REGION\n",
        " align:start",
        " line:0",
        "\u{feff}",
        "\0",
        "\u{2028}",
        "\u{85}",
        "- ",
        "<b/>",
    ],
    tries: 4_000,
};

fn captions(bytes: &[u8]) -> u64 {
    let text = vtt::decoded(bytes);
    match vtt::read(&text) {
        Ok(read) => {
            assert!(read.text.len() <= 8 * text.len() + 100, "{} bytes of {}", read.text.len(), text.len());
            assert_eq!(vtt::read(&read.text).as_ref(), Ok(&read), "what was written reads the same: {:?}", read.text);
            for tag in read.text.split('<').skip(1) {
                let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
                assert!(matches!(name, "b" | "i" | "u" | "v"), "<{name}> in {:?}", read.text);
            }
            outcome(("captions", read.cues.min(8), read.text.contains('<')))
        }
        Err(fault) => {
            assert!(fault.line >= 1 && fault.line <= text.len() + 1);
            outcome((fault.code, fault.line.min(16)))
        }
    }
}
