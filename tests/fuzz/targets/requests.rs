//! What a request for a package's file carries: its path, and the headers that say what of it is wanted.

use preau::core::Language;
use preau::packages::ranges::{self, Asked};
use preau::packages::{manifest, requested_path};
use preau::xapi::Languages;

use super::{Target, outcome, text, texts};

pub const REQUESTS: Target = Target {
    name: "requests",
    run: request,
    seeds: || {
        texts(&[
            "cours/%C3%A9t%C3%A9%201.html",
            "%E9t%E9/",
            "bytes=0-9, 20-29,-5",
            "bytes=9-",
            "fr-FR, fr;q=0.9, en;q=0.8, *;q=0.1",
            "a%2Fb%5Cc%00",
        ])
    },
    words: &[
        "%",
        "%2e%2e",
        "%2f",
        "%5c",
        "%00",
        "%E9",
        "/",
        "..",
        "bytes=",
        "-",
        ",",
        "0",
        "18446744073709551616",
        ";q=",
        "NaN",
        "inf",
        "é",
    ],
    tries: 6_000,
};

fn request(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let path = requested_path(text);
    assert!(path.len() <= 3 * text.len() + "index.html".len());
    // Every path has an address, and the address leads back to it.
    if !text.is_empty() && !text.ends_with('/') {
        assert_eq!(requested_path(&manifest::encode(text)), text);
        assert_eq!(requested_path(&manifest::encode_segment(text)), text);
    }
    let asked = [0, 1, 100, u64::MAX].map(|size| match ranges::asked(text, size) {
        Asked::Whole => 0,
        Asked::Unsatisfiable => 1,
        Asked::Parts(parts) => {
            assert!((1..=8).contains(&parts.len()));
            assert!(parts.iter().all(|part| part.start < part.end && part.end <= size), "{parts:?} of {size}");
            let mut sorted = parts.clone();
            sorted.sort_by_key(|part| part.start);
            assert!(sorted.windows(2).all(|pair| pair[0].end <= pair[1].start), "{parts:?} overlap");
            1 + parts.len()
        }
    });
    let _ = Languages::from_header(text);
    outcome((asked, Language::from_accept(text), path.contains(".."), path.ends_with("index.html")))
}
