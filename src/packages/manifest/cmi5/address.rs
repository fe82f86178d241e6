//! The `url` of a unit: a file of the package, or a whole address elsewhere (cmi5 13.1.4, 14.1, 14.2).

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::super::Reading;
use super::super::href::{self, Target};
use super::super::xml::Element;
use crate::packages::findings::Finding;

/// Query parameters that the launch adds itself (cmi5 8.1).
const LAUNCH_PARAMETERS: [&str; 5] = ["endpoint", "fetch", "actor", "registration", "activityId"];

/// What an address writes encoded (RFC 1738 section 2.2, "unsafe"), and what is no ASCII. `~` and `#` stand as themselves: the
/// standards that have replaced RFC 1738 name them.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What the unit opens; what keeps it from being opened is an error finding.
pub fn read(url: Element<'_>, reading: &mut Reading) -> Option<String> {
    let written = url.text();
    match target(written, reading) {
        Ok((href, inexact)) => {
            if let Some(found) = inexact {
                reading.tell(Finding::info("href-inexact").arg("written", written).arg("found", found), url);
            }
            if let Some(name) = reserved(&href) {
                reading.tell(Finding::error("cmi5-url-reserved").arg("name", name), url);
            }
            Some(href)
        }
        Err(finding) => {
            reading.tell(finding, url);
            None
        }
    }
}

/// The address, and the file it was understood as if it is not spelled as there.
fn target(written: &str, reading: &Reading) -> Result<(String, Option<String>), Finding> {
    if written.is_empty() {
        return Err(Finding::error("cmi5-url-missing"));
    }
    let invalid = || Finding::error("cmi5-url-invalid").arg("url", written);
    if !is_written_as_an_address(written) {
        let meant = encoded(written);
        let helps = is_written_as_an_address(&meant) && (!names_a_site(&meant) || elsewhere(&meant).is_some());
        let finding = || Finding::error("cmi5-url-characters").arg("url", written).arg("meant", meant);
        return Err(if helps { finding() } else { invalid() });
    }
    let path = &written[..written.find(['?', '#']).unwrap_or(written.len())];
    if names_a_site(written) {
        return elsewhere(written).map(|url| (url, None)).ok_or_else(invalid);
    }
    if reading.contents.is_empty() {
        return Err(Finding::error("cmi5-url-relative").arg("url", written));
    }
    if leaves_the_package(path) {
        return Err(Finding::error("cmi5-url-escape").arg("url", written));
    }
    match href::resolve(&[], written, &reading.contents) {
        Target::File { href, exact: true, .. } => Ok((href, None)),
        Target::File { path, href, exact: false } => Ok((href, Some(path))),
        Target::Missing { path } => {
            let path = if path.is_empty() { written.to_owned() } else { path };
            Err(Finding::error("cmi5-file-missing").arg("path", path))
        }
        Target::External(_) | Target::Unsafe => Err(invalid()),
    }
}

/// Whether every character may stand in an address (RFC 1738 section 2.2), and every `%` is followed by its two digits.
fn is_written_as_an_address(text: &str) -> bool {
    let plain = utf8_percent_encode(text, UNSAFE).next() == Some(text);
    plain && text.split('%').skip(1).all(starts_with_digits) && text.matches('#').count() <= 1
}

/// The same with what no address may hold written as it may.
fn encoded(text: &str) -> String {
    let parts = text.split('%').map(|part| utf8_percent_encode(&part.replace('\\', "/"), UNSAFE).to_string());
    let join = |before: String, part: String| match starts_with_digits(&part) {
        true => before + "%" + &part,
        false => before + "%25" + &part,
    };
    parts.reduce(join).unwrap_or_default()
}

fn starts_with_digits(text: &str) -> bool {
    text.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
}

/// Whether it begins with a scheme, or with the host that follows one (RFC 3986 section 4.2).
fn names_a_site(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.starts_with("//") || path.split('/').next().is_some_and(|first| first.contains(':'))
}

/// A page that a browser fetches, named whole (RFC 1738 section 3.3: a host, and no name or password before it).
fn elsewhere(written: &str) -> Option<String> {
    let (scheme, rest) = written.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let url = Url::parse(written).ok().filter(|_| web && !authority.is_empty() && !authority.contains('@'))?;
    Some(url.into())
}

/// Whether a relative path climbs out of the package, by `..` or by beginning at the root of a site.
fn leaves_the_package(path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let mut depth = 0_usize;
    path.starts_with('/')
        || path.split(['/', '\\']).any(|segment| {
            match segment {
                "" | "." => {}
                ".." => return depth.checked_sub(1).map(|up| depth = up).is_none(),
                _ => depth += 1,
            }
            false
        })
}

/// The first launch parameter that the address brings itself.
fn reserved(href: &str) -> Option<String> {
    let query = href.split('#').next()?.split_once('?')?.1;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| LAUNCH_PARAMETERS.contains(&&**name))
        .map(|(name, _)| name.into_owned())
}
