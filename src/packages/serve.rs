//! Package files on the content origin, straight out of the archive.
//!
//! A deflated file goes to a browser that takes gzip as it lies in the archive, between a gzip header and trailer made here
//! (RFC 1952): no byte is inflated or deflated. Everything else is cut out of its blob, or inflated on the way.

use std::ops::Range;

use async_compression::tokio::bufread::DeflateDecoder;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::{ReaderStream, StreamReader};

use super::capability::{self, Capability};
use super::ranges::{self, Asked};
use super::store::{self, FileRow};
use crate::core::{Language, Result, VersionId};
use crate::state::App;
use crate::storage::BlobStream;
use crate::web::Words;

const GZIP_HEADER: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
const GZIP_FRAME: u64 = 18;
const BOUNDARY: &str = "preau-part-6f1d2b";
const MULTIPART: HeaderValue = HeaderValue::from_static("multipart/byteranges; boundary=preau-part-6f1d2b");

/// `GET|HEAD /c/{capability}/{path...}`.
pub async fn file(State(app): State<App>, request: Request) -> Result<Response> {
    let path = request.uri().path();
    let Some((capability, path)) = path.strip_prefix("/c/").and_then(|rest| rest.split_once('/')) else {
        return Ok(told(StatusCode::NOT_FOUND, request.headers(), "content-missing"));
    };
    let version = match capability::read(&app.secrets, capability, app.clock.now()) {
        Some(Capability::Opens(version)) => version,
        Some(Capability::Expired) => return Ok(told(StatusCode::FORBIDDEN, request.headers(), "content-expired")),
        None => return Ok(told(StatusCode::NOT_FOUND, request.headers(), "content-missing")),
    };
    let mut tx = app.db.read().await?;
    let Some(file) = store::file(&mut tx, version, &requested_path(path)).await? else {
        return Ok(told(StatusCode::NOT_FOUND, request.headers(), "content-missing"));
    };
    drop(tx);
    let mut response = answer(&app, version, &file, request.method(), request.headers()).await?;
    harden(&app, response.headers_mut());
    let wanted = request.uri().query().is_some_and(|query| query.split('&').any(|part| part == "download"));
    if (wanted || is_office(&file.media_type)) && response.status().is_success() {
        let path = requested_path(path);
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        set(response.headers_mut(), header::CONTENT_DISPOSITION, &format!("attachment; filename*=UTF-8''{name}"));
    }
    Ok(response)
}

/// Whether a browser shows a file of this type by itself, without running anything in it.
pub fn is_shown(media_type: &str) -> bool {
    let plain = media_type.split(';').next().unwrap_or_default();
    matches!(plain, "application/pdf" | "text/plain" | "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// Files of office programs are for taking away.
fn is_office(media_type: &str) -> bool {
    ["application/msword", "application/rtf", "application/vnd.ms-", "application/vnd.openxml", "application/vnd.oasis"]
        .iter()
        .any(|family| media_type.starts_with(family))
}

/// The path of a file as the archive names it, of the path that a request names. What is not UTF-8 was written by a page in the encoding of Windows.
pub fn requested_path(path: &str) -> String {
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    let path = match String::from_utf8(bytes) {
        Ok(path) => path,
        Err(error) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned(),
    };
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path }
}

async fn answer(
    app: &App,
    version: VersionId,
    file: &FileRow,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let gzip = file.deflated() && text(header::ACCEPT_ENCODING).is_some_and(accepts_gzip);
    let range = text(header::RANGE).filter(|_| method == Method::GET);
    // A part is a part of the file itself, so it is never of the gzip form.
    let gzip = gzip && range.is_none();
    let etag = etag(version, file, gzip);
    if text(header::IF_NONE_MATCH).is_some_and(|known| matches(known, &etag)) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        describe(response.headers_mut(), file, &etag);
        return Ok(response);
    }
    let fresh = text(header::IF_RANGE).is_none_or(|known| known.trim() == etag);
    let asked = range.filter(|_| fresh).map_or(Asked::Whole, |range| ranges::asked(range, file.size()));
    let empty = method == Method::HEAD;
    let mut response = match asked {
        Asked::Unsatisfiable => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{}", file.size()));
            response
        }
        Asked::Whole if gzip => {
            let body = if empty { Body::empty() } else { gzipped(app, file).await? };
            let mut response = body.into_response();
            set(response.headers_mut(), header::CONTENT_LENGTH, &(file.compressed() + GZIP_FRAME).to_string());
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        Asked::Whole => {
            let body = if empty { Body::empty() } else { Body::from_stream(part(app, file, 0..file.size()).await?) };
            let mut response = body.into_response();
            set(response.headers_mut(), header::CONTENT_LENGTH, &file.size().to_string());
            response
        }
        Asked::Parts(parts) => several(app, file, parts).await?,
    };
    describe(response.headers_mut(), file, &etag);
    Ok(response)
}

/// 206 with one part, or with several as `multipart/byteranges` (RFC 9110 section 15.3.7).
async fn several(app: &App, file: &FileRow, parts: Vec<Range<u64>>) -> Result<Response> {
    let size = file.size();
    if let [only] = parts.as_slice() {
        let body = Body::from_stream(part(app, file, only.clone()).await?);
        let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
        let headers = response.headers_mut();
        set(headers, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", only.start, only.end - 1));
        set(headers, header::CONTENT_LENGTH, &(only.end - only.start).to_string());
        return Ok(response);
    }
    let mut pieces: Vec<BlobStream> = Vec::new();
    for one in parts {
        let head = format!(
            "\r\n--{BOUNDARY}\r\nContent-Type: {}\r\nContent-Range: bytes {}-{}/{size}\r\n\r\n",
            file.media_type,
            one.start,
            one.end - 1
        );
        pieces.push(once(head.into()));
        pieces.push(part(app, file, one).await?);
    }
    pieces.push(once(format!("\r\n--{BOUNDARY}--\r\n").into()));
    let body = Body::from_stream(futures_util::stream::iter(pieces).flatten());
    let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, MULTIPART);
    Ok(response)
}

fn once(bytes: Bytes) -> BlobStream {
    futures_util::stream::once(async { Ok(bytes) }).boxed()
}

/// The bytes `range` of the file.
async fn part(app: &App, file: &FileRow, range: Range<u64>) -> Result<BlobStream> {
    if !file.deflated() {
        let within = file.offset() + range.start..file.offset() + range.end;
        return app.blobs.get_range(&file.blob, within).await;
    }
    let mut inflated = DeflateDecoder::new(StreamReader::new(raw(app, file).await?));
    skip(&mut inflated, range.start).await?;
    Ok(ReaderStream::with_capacity(inflated.take(range.end - range.start), 64 << 10).boxed())
}

async fn skip(reader: &mut (impl AsyncRead + Unpin), bytes: u64) -> std::io::Result<()> {
    tokio::io::copy(&mut reader.take(bytes), &mut tokio::io::sink()).await.map(drop)
}

/// The bytes as the archive holds them.
async fn raw(app: &App, file: &FileRow) -> Result<BlobStream> {
    app.blobs.get_range(&file.blob, file.offset()..file.offset() + file.compressed()).await
}

/// The deflated bytes as a gzip member (RFC 1952).
async fn gzipped(app: &App, file: &FileRow) -> Result<Body> {
    let mut trailer = Vec::with_capacity(8);
    trailer.extend_from_slice(&file.crc32().to_le_bytes());
    // The size modulo 2^32.
    trailer.extend_from_slice(&(file.size() as u32).to_le_bytes());
    let pieces = once(Bytes::from_static(&GZIP_HEADER)).chain(raw(app, file).await?).chain(once(trailer.into()));
    Ok(Body::from_stream(pieces.into_stream()))
}

/// Whether gzip is welcome (RFC 9110 section 12.5.3).
fn accepts_gzip(header: &str) -> bool {
    let quality = |wanted: &str| {
        header.split(',').find_map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next().filter(|name| name.eq_ignore_ascii_case(wanted))?;
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            Some(quality > 0.0)
        })
    };
    quality("gzip").or_else(|| quality("*")).unwrap_or(false)
}

/// Strong: the same tag is the same bytes. The gzip form has one of its own.
fn etag(version: VersionId, file: &FileRow, gzip: bool) -> String {
    let form = if gzip { "-gzip" } else { "" };
    // A file that is the whole upload has no checksum of its own, so the version stands for its content.
    match file.crc32() {
        0 => format!("\"{}-{:x}{form}\"", version.0.simple(), file.size()),
        crc32 => format!("\"{crc32:08x}-{:x}{form}\"", file.size()),
    }
}

/// `If-None-Match`: weak comparison (RFC 9110 section 13.1.2).
fn matches(header: &str, etag: &str) -> bool {
    header.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// Headers of every answer about a file.
fn describe(headers: &mut HeaderMap, file: &FileRow, etag: &str) {
    set(headers, header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=604800, immutable"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if file.deflated() {
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let whole = headers.get(header::CONTENT_TYPE).is_none_or(|told| told != MULTIPART);
    if whole && let Ok(media_type) = HeaderValue::from_str(&file.media_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
}

/// Content is framed by the launch frame and by nobody else, and is what its type says.
fn harden(app: &App, headers: &mut HeaderMap) {
    let ancestors = format!("frame-ancestors {} {}", app.config.content_origin(), app.config.public_origin());
    set(headers, header::CONTENT_SECURITY_POLICY, &ancestors);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The address is a right: other sites learn where the reader comes from, not the address.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-site"));
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// A page in plain words. It stands inside the frame of a course, so it has no way of its own to offer.
fn told(status: StatusCode, headers: &HeaderMap, what: &str) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = accepted.and_then(Language::from_accept).unwrap_or_default();
    let words = Words::of(language);
    let (title, sentence) = (words.t(&format!("{what}-title")), words.t(&format!("{what}-text")));
    // Our own words, which hold no markup.
    let page = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><body style=\"font:1.125rem/1.6 system-ui,sans-serif;\
         max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#1d2b2a;background:#faf6ee\">\
         <h1 style=\"font-size:1.5rem\">{title}</h1><p>{sentence}</p></body></html>",
        language.tag()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for yes in ["gzip", "br, gzip;q=0.5", "*", "deflate, GZIP"] {
            assert!(accepts_gzip(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "*, gzip;q=0", "identity"] {
            assert!(!accepts_gzip(no), "{no}");
        }
    }

    #[test]
    fn names_are_decoded_as_browsers_encode_them() {
        assert_eq!(requested_path("a%20b/%C3%A9t%C3%A9.html"), "a b/été.html");
        assert_eq!(requested_path("%E9t%E9.html"), "été.html");
        assert_eq!(requested_path("cours/"), "cours/index.html");
    }
}
