//! Statements with attachments in one message, and the signatures among those.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use preau::xapi::Version;
use preau::xapi::json::Json;
use preau::xapi::multipart::{Fault, Headers, Reader, Step, boundary};
use preau::xapi::signature::Signed;

use super::{Target, outcome, text, texts};

pub const MESSAGE: Target = Target {
    name: "message",
    run: message,
    seeds: || {
        texts(&[
            "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: text/plain\r\nX-Experience-API-Hash: ab\r\n\r\na\r\nb\r\n--b--\r\n",
            "before\n--b\nX: y\n\n\n--b\n\n--b\n z\n\n--b--",
            "multipart/mixed; charset=utf-8; boundary=\"a\\\"b\"",
        ])
    },
    words: &[
        "--b",
        "--b--",
        "\r\n",
        "\n",
        "\r",
        "\r\n--b\r\n",
        "\r\n--b--\r\n",
        "\r\n\r\n",
        "-",
        " ",
        "\t",
        "X: y\r\n",
        ":",
        "boundary=",
        ";",
        "\"",
        "\\",
        "\u{0}",
        "é",
    ],
    tries: 6_000,
};

pub const SIGNATURE: Target = Target {
    name: "signature",
    run: signature,
    seeds: || {
        let url = |part: &str| BASE64_URL_SAFE_NO_PAD.encode(part);
        let chain = format!(r#"{{"alg":"RS512","x5c":["{CERTIFICATE}","{CERTIFICATE}"]}}"#);
        [r#"{"alg":"RS256"}"#.to_owned(), chain]
            .iter()
            .map(|header| format!("{}.{}.{}", url(header), url(STATEMENT), url("signature")).into_bytes())
            .chain([BASE64_STANDARD.decode(CERTIFICATE).expect("base64")])
            .collect()
    },
    words: &[".", "eyJhbGciOiJSUzI1NiJ9", "e30", "bnVsbA", "=", "_", "-", "\u{30}\u{0}", "\u{2}\u{1}", "MIIB"],
    tries: 3_000,
};

/// Of an authority nobody knows.
const CERTIFICATE: &str = concat!(
    "MIIDAzCCAeugAwIBAgIURYjFUYTLOXHFlqPtrv6T2LevjlowDQYJKoZIhvcNAQELBQAwEDEOMAwGA1UEAwwFUHJlYXUwIBcNMjYx",
    "MTIyMDc0MTM1WhgPMjEyNjEwMjkwNzQxMzVaMBAxDjAMBgNVBAMMBVByZWF1MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC",
    "AQEA8TF+37Ap080yyYwXQL3jiTYMpwDwvHuSsFstx//F8IM1Y/gQjVRSAyZM5bPBiysuPTmoqsKhxNMJG7mg8KxJv3BsPIdf3Ja+",
    "0UexxvkWNl+g6gnK91VrzCSbwcWPzh/Q+28EwDR12zezUbH0UpFWghHx1MV0ntSDwWfW9Fm39qYUlv24cHwokEu7gzzFf19bplkL",
    "C4P5dwscmz21MAc6R1ccWfme0/kHA8ZgidvS0Nd+BOlziq5A2sU/OQrS8exJx1bvKtdWqq4ekiIy18ahwTUCCQEvz84yY+E69T/G",
    "V+ISjnZt64fYFlivQC+JKiAgPxBnBV2mmCpqkHKIDA00kwIDAQABo1MwUTAdBgNVHQ4EFgQU697Zz8eL+aMyGpQOKwQHrzFTuuEw",
    "HwYDVR0jBBgwFoAU697Zz8eL+aMyGpQOKwQHrzFTuuEwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAQP09iXf/",
    "vYS0L5iEx8R91ccY5xQZCPqfl573/JpwWFcKzYYtpD6N7MMsDWIr5rFT/3V3yR0FPW9JvLMlNkxLSe2N3QsSIh2DI/50pSAXAkq0",
    "2SCBCitm5mQwgEdbwo42ZwFwt0/aNkUkMs670QIBZW3/F4sBLyv5LiHduOYvxuQvEowGiEQ7d4tYPcwlRcLwYIakZppOr1CbLHIw",
    "GVKqVZcYNkTJTKbs6hnJGWzMrgW+Bxd3pvCHn9BmiwJPXtJd7O9nSvkZ5kLfL0EFvUoZ5T4LL1qbBvm2izd8eoO19nBXcduDHWJj",
    "3g7V0PJ0eM9obSayg9V6YjX+DONkPWkqvw==",
);

const STATEMENT: &str = r#"{"actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v/x"},"object":{"id":"http://o/x"}}"#;

type Part = (Headers, Vec<u8>);

/// All parts of a message that arrives in pieces of `piece` bytes.
fn parts(message: &[u8], piece: usize) -> Result<Vec<Part>, Fault> {
    let mut reader = Reader::new("b");
    let mut parts: Vec<Part> = Vec::new();
    let mut pieces = message.chunks(piece);
    loop {
        match reader.step()? {
            Step::Part(headers) => parts.push((headers, Vec::new())),
            Step::Content(bytes) => {
                assert!(!bytes.is_empty());
                parts.last_mut().expect("content is of a part").1.extend_from_slice(&bytes);
            }
            Step::End => {}
            Step::Hungry => match pieces.next() {
                Some(piece) => reader.feed(piece),
                None => reader.end(),
            },
            Step::Done => return Ok(parts),
        }
    }
}

fn message(bytes: &[u8]) -> u64 {
    let named = boundary(text(bytes));
    if let Some(named) = &named {
        assert!((1..=70).contains(&named.len()) && named.len() <= bytes.len());
    }
    let whole = parts(bytes, usize::MAX);
    for piece in [1, 5] {
        assert_eq!(parts(bytes, piece), whole, "in pieces of {piece}");
    }
    let told = whole.map(|parts| {
        let length: usize = parts.iter().map(|(_, content)| content.len()).sum();
        assert!(!parts.is_empty() && length < bytes.len());
        (parts.len(), parts.iter().map(|(_, content)| content.len().min(20)).collect::<Vec<_>>())
    });
    outcome((named.is_some(), told))
}

fn signature(bytes: &[u8]) -> u64 {
    let statement = Json::parse(STATEMENT).expect("JSON");
    let read = |bytes: &[u8]| Signed::read(bytes)?.payload(Version::V1)?.is_of(statement.clone(), None);
    // The bytes as the whole, as the header and as the certificate in it: what is encoded is changed where it is plain.
    let url = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
    let with_header = |header: &[u8]| format!("{}.{}.c2lnbmF0dXJl", url(header), url(STATEMENT.as_bytes()));
    let certificate = format!(r#"{{"alg":"RS256","x5c":["{}"]}}"#, BASE64_STANDARD.encode(bytes));
    let told = [read(bytes), read(with_header(bytes).as_bytes()), read(with_header(certificate.as_bytes()).as_bytes())];
    // Nobody guesses a signature.
    assert!(told[2].is_err());
    outcome(told)
}
