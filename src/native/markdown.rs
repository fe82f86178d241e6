//! Markdown to HTML that is safe by the way it is made: every element is one this file or the Markdown writer names, HTML in
//! the text is shown as text, and an address goes into a link only if its scheme is known. Nothing has to be cleaned after.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Lists and quotes are nested no deeper than this; what goes further stays at the last level.
const DEEPEST: usize = 12;

/// A picture as it is shown.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Where it is.
    pub url: String,
    /// In pixels.
    pub width: Option<i32>,
    /// In pixels.
    pub height: Option<i32>,
}

/// A picture as the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name among the files of the package.
    pub name: String,
    /// What it shows, for who does not see it.
    pub alt: String,
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// The HTML of a text. `new_tab` is said after links that leave; `table` names tables; `picture` knows the files of the text.
pub fn html(text: &str, new_tab: &str, table: &str, picture: impl Fn(&str) -> Option<Picture>) -> String {
    let mut writer = Writer { new_tab, table, picture, links: Vec::new(), image: None, dropped: Vec::new(), depth: 0 };
    let events = parser(text).flat_map(|event| writer.events(event));
    let mut html = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// The pictures a text shows, each once.
pub fn pictures(text: &str) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let mut image: Option<Image> = None;
    for event in parser(text) {
        match (event, &mut image) {
            (Event::Start(Tag::Image { dest_url, .. }), None) => image = Some(Image::of(&dest_url)),
            (event, Some(open)) => {
                if open.take(&event)
                    && let Some(Image { name, alt, .. }) = image.take()
                    && !found.iter().any(|known| known.name == name)
                {
                    found.push(Named { name, alt });
                }
            }
            _ => {}
        }
    }
    found
}

/// A picture whose alternative text is being read.
struct Image {
    name: String,
    alt: String,
    inner: usize,
}

impl Image {
    fn of(name: &str) -> Self {
        Self { name: name.to_owned(), alt: String::new(), inner: 0 }
    }

    /// Takes in what stands in the alternative text; answers whether the picture ends here.
    fn take(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => self.alt += text,
            Event::SoftBreak | Event::HardBreak => self.alt.push(' '),
            Event::Start(Tag::Image { .. }) => self.inner += 1,
            Event::End(TagEnd::Image) if self.inner == 0 => return true,
            Event::End(TagEnd::Image) => self.inner -= 1,
            _ => {}
        }
        false
    }
}

struct Writer<'a, P> {
    new_tab: &'a str,
    table: &'a str,
    picture: P,
    /// What ends each open link.
    links: Vec<String>,
    image: Option<Image>,
    /// Whether each open container was left out.
    dropped: Vec<bool>,
    depth: usize,
}

impl<P: Fn(&str) -> Option<Picture>> Writer<'_, P> {
    /// A wide table scrolls in a frame of its own, which who has only a keyboard can reach.
    fn events<'e>(&mut self, event: Event<'e>) -> Vec<Event<'e>> {
        match event {
            // Alignment would be a style attribute, which the security policy does not let through.
            Event::Start(Tag::Table(columns)) => {
                let name = escaped(self.table);
                let frame = format!("<div class=\"table-frame\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\">");
                let plain = vec![pulldown_cmark::Alignment::None; columns.len()];
                vec![raw(frame), Event::Start(Tag::Table(plain))]
            }
            Event::End(TagEnd::Table) => vec![Event::End(TagEnd::Table), raw("</div>".to_owned())],
            event => self.event(event).into_iter().collect(),
        }
    }

    fn event<'e>(&mut self, event: Event<'e>) -> Option<Event<'e>> {
        if let Some(image) = &mut self.image {
            let ended = image.take(&event);
            return if ended { self.image.take().map(|image| raw(self.shown(&image))) } else { None };
        }
        Some(match event {
            // HTML is text like any other.
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            // The page has its title above the text.
            Event::Start(Tag::Heading { level, .. }) => {
                Event::Start(Tag::Heading { level: lower(level), id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
            Event::Start(Tag::Link { dest_url, .. }) => raw(self.open_link(&dest_url)),
            Event::End(TagEnd::Link) => raw(self.links.pop().unwrap_or_default()),
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.image = Some(Image::of(&dest_url));
                return None;
            }
            Event::Start(tag @ (Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)) => {
                let drop = self.depth >= DEEPEST;
                self.dropped.push(drop);
                self.depth += usize::from(!drop);
                if drop {
                    return None;
                }
                Event::Start(tag)
            }
            Event::End(tag @ (TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item)) => {
                if self.dropped.pop().unwrap_or_default() {
                    return None;
                }
                self.depth = self.depth.saturating_sub(1);
                Event::End(tag)
            }
            other => other,
        })
    }

    fn open_link(&mut self, address: &str) -> String {
        match kind_of(address) {
            Address::Elsewhere => {
                self.links.push(format!("<span class=\"out-of-sight\"> ({})</span></a>", escaped(self.new_tab)));
                format!("<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">", escaped(address))
            }
            Address::Here => {
                self.links.push("</a>".to_owned());
                format!("<a href=\"{}\">", escaped(address))
            }
            Address::Refused => {
                self.links.push(String::new());
                String::new()
            }
        }
    }

    fn shown(&self, image: &Image) -> String {
        let alt = escaped(&image.alt);
        match (self.picture)(&image.name) {
            Some(Picture { url, width, height }) => {
                let side = |name: &str, side: Option<i32>| side.map(|n| format!(" {name}=\"{n}\"")).unwrap_or_default();
                let (width, height) = (side("width", width), side("height", height));
                format!(
                    "<img src=\"{}\" alt=\"{alt}\"{width}{height} loading=\"lazy\" decoding=\"async\">",
                    escaped(&url)
                )
            }
            // A picture of somewhere else is not loaded: it would tell that place who reads here.
            None => alt,
        }
    }
}

fn raw<'e>(html: String) -> Event<'e> {
    Event::InlineHtml(CowStr::from(html))
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

enum Address {
    /// Opens in a new tab.
    Elsewhere,
    /// A mail, a telephone number.
    Here,
    Refused,
}

/// Only what is known to be harmless; a browser reads schemes more kindly than a list of bad ones could be complete.
fn kind_of(address: &str) -> Address {
    match url::Url::parse(address.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Address::Elsewhere,
        Ok(url) if matches!(url.scheme(), "mailto" | "tel") => Address::Here,
        _ => Address::Refused,
    }
}

/// Text as it stands in HTML, in an attribute or outside.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '"' => html += "&quot;",
            '\'' => html += "&#39;",
            character => html.push(character),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let picture = |name: &str| {
            (name == "a.png").then(|| Picture { url: "http://c/a.png".to_owned(), width: Some(4), height: Some(3) })
        };
        html(text, "nouvel onglet", "Tableau", picture)
    }

    #[test]
    fn nothing_in_a_text_becomes_active() {
        let hostile = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<svg/onload=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](  JaVaScRiPt:alert(1))",
            "[x](java\nscript:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:x)",
            "<javascript:alert(1)>",
            "![x](javascript:alert(1))",
            "![\"><script>alert(1)</script>](a.png)",
            "![x](a.png \"onerror=alert(1)\")",
            "[![x](javascript:alert(1))](javascript:alert(2))",
            "![[x](javascript:alert(1))](https://exemple.fr/x.png)",
            "```\"onmouseover=alert(1)\n<script>\n```",
            "# <script>alert(1)</script>",
            "| <script>a</script> |\n|:--:|\n| [x](javascript:1) |",
            "<!-- --><script>alert(1)</script>",
            "<style>*{display:none}</style>",
            "[x]: javascript:alert(1)\n\n[x]",
            "<iframe src=\"//evil\"></iframe>",
        ];
        for text in hostile {
            let html = shown(text);
            let tags: Vec<&str> =
                html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).collect();
            for tag in tags {
                let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
                let known =
                    ["p", "a", "img", "h2", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "span", "div"];
                assert!(known.contains(&name), "{text:?} gives <{tag}>");
                // Attributes are ours: none begins with `on`, no address has a scheme we did not choose.
                let outside: String = tag.split('"').step_by(2).collect();
                assert!(!outside.contains(" on") && !outside.contains("style"), "{text:?} gives <{tag}>");
                let address = tag.split("href=\"").nth(1).or_else(|| tag.split("src=\"").nth(1));
                assert!(address.is_none_or(|address| address.starts_with("http")), "{text:?} gives <{tag}>");
            }
        }
    }

    #[test]
    fn a_link_leaves_in_a_new_tab_and_says_so() {
        let html = shown("[Loi](https://exemple.fr/?a=1&b=%22)");
        assert!(
            html.contains("href=\"https://exemple.fr/?a=1&amp;b=%22\" target=\"_blank\" rel=\"noopener noreferrer\"")
        );
        assert!(html.contains("Loi<span class=\"out-of-sight\"> (nouvel onglet)</span></a>"), "{html}");
        assert_eq!(shown("[x](javascript:1)"), "<p>x</p>\n");
        assert!(shown("[x](mailto:a@b.fr)").contains("<a href=\"mailto:a@b.fr\">x</a>"));
    }

    #[test]
    fn pictures_are_those_of_the_page() {
        let html = shown("![Un *casque*](a.png) ![Ailleurs](https://exemple.fr/b.png)");
        assert!(html.contains("<img src=\"http://c/a.png\" alt=\"Un casque\" width=\"4\" height=\"3\""), "{html}");
        assert!(!html.contains("exemple.fr") && html.contains("Ailleurs"), "{html}");
        let named = pictures("![Un *casque*](a.png) text ![](b.png) ![encore](a.png)");
        let names: Vec<_> = named.iter().map(|named| (named.name.as_str(), named.alt.as_str())).collect();
        assert_eq!(names, [("a.png", "Un casque"), ("b.png", "")]);
    }

    #[test]
    fn titles_stand_below_the_title_of_the_page() {
        assert_eq!(shown("# Un\n\n###### Six"), "<h2>Un</h2>\n<h6>Six</h6>\n");
        assert!(!shown("| a |\n|--:|\n| 1 |").contains("style"));
    }

    #[test]
    fn a_text_of_nothing_but_quotes_stays_shallow() {
        let html = shown(&format!("{} fin", "> ".repeat(5000)));
        assert_eq!(html.matches("<blockquote>").count(), DEEPEST);
        assert_eq!(html.matches("</blockquote>").count(), DEEPEST);
        assert!(html.contains("fin"));
    }
}
