//! Markdown of trainers.

use preau::native::markdown::{self, Picture};

use super::{Target, outcome, text, texts};

pub const MARKDOWN: Target = Target {
    name: "markdown",
    run: html,
    seeds: || {
        texts(&[
            "# Titre\n\nUn *mot* **fort** ~~non~~ `code` et [un lien](https://exemple.fr \"t\").\n\n- a\n  1. b\n\n> cité\n\n```rust\nlet a = 1;\n```\n\n---\n",
            "| a | b |\n|:--|--:|\n| [x](mailto:a@b.fr) | ![alt *x*](a.png) |\n\n[réf]: https://exemple.fr/?a=1&b=2 'x'\n\n[réf] <https://a.fr> <b onclick=x>&lt;\n",
        ])
    },
    words: &[
        "#",
        "*",
        "_",
        "~~",
        "`",
        "```\n",
        "[",
        "](",
        "]: ",
        "![",
        ")",
        "<",
        ">",
        "> ",
        "- ",
        "1. ",
        "    ",
        "|",
        "\n|--|\n",
        "\n\n",
        "\\",
        "&#106;",
        "&quot;",
        "javascript:",
        "data:text/html,",
        "http:a",
        "<script>",
        "\" onload=\"",
        "' style='",
        "<!--",
        "<![CDATA[",
        "\0",
        "\u{202e}",
    ],
    tries: 2_500,
};

/// Elements the writer knows, and whether they are closed.
const ELEMENTS: [(&str, bool); 27] = [
    ("p", true),
    ("a", true),
    ("em", true),
    ("strong", true),
    ("del", true),
    ("code", true),
    ("pre", true),
    ("ul", true),
    ("ol", true),
    ("li", true),
    ("blockquote", true),
    ("h2", true),
    ("h3", true),
    ("h4", true),
    ("h5", true),
    ("h6", true),
    ("table", true),
    ("thead", true),
    ("tbody", true),
    ("tr", true),
    ("th", true),
    ("td", true),
    ("div", true),
    ("span", true),
    ("img", false),
    ("br", false),
    ("hr", false),
];
const ATTRIBUTES: [&str; 14] = [
    "href",
    "target",
    "rel",
    "class",
    "src",
    "alt",
    "width",
    "height",
    "loading",
    "decoding",
    "tabindex",
    "role",
    "aria-label",
    "start",
];

fn html(bytes: &[u8]) -> u64 {
    let text = text(bytes);
    let picture = |name: &str| {
        (name == "a.png").then(|| Picture { url: "http://c/a.png".to_owned(), width: Some(4), height: None })
    };
    let html = markdown::html(text, "nouvel onglet", "Tableau", picture);
    let _ = markdown::pictures(text);
    // Short rows of a wide table are filled up, within a limit.
    assert!(html.len() <= 64 * text.len() + (4 << 20), "{} bytes of {}", html.len(), text.len());
    let mut used = Vec::new();
    let mut open = Vec::new();
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        let end = rest[at..].find('>').map(|end| at + end).unwrap_or_else(|| panic!("a tag without an end: {html}"));
        let tag = rest[at + 1..end].trim_end_matches(" /");
        rest = &rest[end + 1..];
        let (name, attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        let closing = name.strip_prefix('/');
        let name = closing.unwrap_or(name);
        let (name, is_closed) =
            *ELEMENTS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("<{tag}> in {html}"));
        hold_attributes(attributes, &html);
        if closing.is_some() {
            assert_eq!(open.pop(), Some(name), "{html}");
        } else if is_closed {
            open.push(name);
        }
        used.push(name);
    }
    assert!(open.is_empty(), "{open:?} stay open: {html}");
    used.sort_unstable();
    used.dedup();
    outcome(used)
}

/// Known names, values in quotes, addresses of known schemes.
fn hold_attributes(mut rest: &str, html: &str) {
    while let Some((name, value)) = rest.trim_start().split_once("=\"") {
        assert!(ATTRIBUTES.contains(&name), "{name:?} in {html}");
        let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("a value without an end in {html}"));
        let scheme = value.trim().split(':').next().unwrap_or_default().to_ascii_lowercase();
        assert!(
            !matches!(name, "href" | "src") || matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel"),
            "{value:?} in {html}"
        );
        rest = after;
    }
    assert!(rest.trim().is_empty(), "{rest:?} in {html}");
}
