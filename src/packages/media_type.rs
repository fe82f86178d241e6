//! The media type of a file by its name, as browsers need it.

/// The type of `path`, without parameters.
pub fn essence(path: &str) -> String {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        // What courses hold and the table misses or tells differently.
        "js" | "mjs" => "text/javascript".to_owned(),
        "m4a" => "audio/mp4".to_owned(),
        "m4v" => "video/mp4".to_owned(),
        "vtt" => "text/vtt".to_owned(),
        "mpd" => "application/dash+xml".to_owned(),
        "ts" => "video/mp2t".to_owned(),
        "cur" => "image/x-icon".to_owned(),
        "" => "application/octet-stream".to_owned(),
        _ => mime_guess::from_path(path).first_or_octet_stream().essence_str().to_owned(),
    }
}

/// Whether a file is text a browser decodes, so that its encoding matters.
pub fn is_text(path: &str) -> bool {
    let essence = essence(path);
    essence.starts_with("text/")
        || matches!(
            essence.as_str(),
            "application/json" | "application/xml" | "image/svg+xml" | "application/xhtml+xml"
        )
}

/// Whether a file is heard or watched, and so asked for in ranges.
pub fn is_media(path: &str) -> bool {
    let essence = essence(path);
    essence.starts_with("video/") || essence.starts_with("audio/")
}

/// The full type. The charset is named where it is known; else the document's own declaration decides.
pub fn with_charset(path: &str, utf8: bool) -> String {
    let essence = essence(path);
    if utf8 && is_text(path) { format!("{essence}; charset=utf-8") } else { essence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_those_browsers_act_on() {
        assert_eq!(with_charset("a/Index.HTML", true), "text/html; charset=utf-8");
        assert_eq!(with_charset("index.htm", false), "text/html");
        assert_eq!(with_charset("x.js", true), "text/javascript; charset=utf-8");
        assert_eq!(essence("x.mp4"), "video/mp4");
        assert_eq!(essence("x.wasm"), "application/wasm");
        assert_eq!(essence("LICENCE"), "application/octet-stream");
        assert!(is_media("a.MP3") && !is_media("a.png"));
    }
}
