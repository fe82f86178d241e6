//! What every page shares: who looks at it, in which language, where in the product it stands, and what has just been done.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::cookies::HostCookie;
use super::i18n::{Values, Words};
use super::{assets, cookies};
use crate::core::{Language, PersonId, Result, Timestamp};
use crate::state::App;

/// Carries a flash from a change to the page shown next.
const FLASH: HostCookie = HostCookie::new("preau-flash");
/// Seconds in which that page has to come.
const FLASH_LASTS: u64 = 120;
/// The language somebody without an account chose.
pub const LANGUAGE_COOKIE: &str = "preau-language";
/// Light or dark, when somebody chose; written by the theme switch.
const THEME_COOKIE: &str = "preau-theme";

/// Who looks at the page. Identity puts it among the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The person.
    pub id: PersonId,
    /// As it is shown.
    pub name: String,
    /// The language they chose, if they chose one.
    pub language: Option<Language>,
    /// Trainers and administrators: sees "Gérer".
    pub teaches: bool,
    /// Administrators: sees people.
    pub administers: bool,
    /// Administrators and HR: reads statements.
    pub reads_records: bool,
    /// Administrators, HR and managers: reads reports.
    pub reads_reports: bool,
    /// Is a member of a space: sees "Espaces".
    pub in_spaces: bool,
}

/// The tabs of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// `/`
    Learn,
    /// `/catalogue`
    Catalogue,
    /// `/spaces`
    Spaces,
    /// `/trainer` and `/admin`
    Manage,
    /// `/me`
    Me,
}

impl Tab {
    /// Where an address belongs, unless the page says otherwise.
    fn of(path: &str) -> Option<Self> {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "" => Some(Tab::Learn),
            "catalogue" | "courses" => Some(Tab::Catalogue),
            "spaces" => Some(Tab::Spaces),
            "trainer" | "admin" | "reports" => Some(Tab::Manage),
            "programmes" => Some(Tab::Learn),
            "me" => Some(Tab::Me),
            _ => None,
        }
    }
}

/// One tab or section as the layout draws it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Its word.
    pub label: String,
    /// Where it leads.
    pub href: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// One step of the way from the start page to here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its word.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

/// What has just been done, told once on the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Message key.
    key: String,
    /// Placeholders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    args: Vec<(String, String)>,
    /// Whether it went wrong.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fault: bool,
    /// POSTed to by "Annuler".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undo: Option<String>,
}

impl Flash {
    /// Something was done: the message `key` says what.
    pub fn done(key: &str) -> Self {
        Self { key: key.to_owned(), args: Vec::new(), fault: false, undo: None }
    }

    /// Something did not work.
    pub fn fault(key: &str) -> Self {
        Self { fault: true, ..Self::done(key) }
    }

    /// Fills a placeholder.
    pub fn arg(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// Offers to undo it, by POST to a path of this application.
    pub fn undo(mut self, path: impl Into<String>) -> Self {
        self.undo = Some(path.into());
        self
    }

    /// Goes to `path` (303) and tells it there.
    pub fn redirect(self, path: &str) -> Response {
        let mut response = Redirect::to(path).into_response();
        // [`carry_flash`] makes the cookie of it, which knows the public address.
        response.extensions_mut().insert(self);
        response
    }

    fn written(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    fn read(cookie: &str) -> Option<Self> {
        let body = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let mut flash: Self = serde_json::from_slice(&body).ok()?;
        flash.undo = flash.undo.filter(|path| is_own_path(path));
        Some(flash)
    }
}

/// A flash in the reader's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What happened.
    pub text: String,
    /// Whether it went wrong.
    pub fault: bool,
    /// Where undoing it is POSTed to; empty if it cannot be undone.
    pub undo: String,
}

/// The frame of a page. An extractor that never fails: without a viewer it draws the page for somebody not signed in.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The language.
    pub words: Words,
    /// Who looks.
    pub viewer: Option<Viewer>,
    /// Where the organisation is.
    pub zone: TimeZone,
    /// The address without its query.
    pub path: String,
    /// What has just been done.
    pub said: Vec<Said>,
    tab: Option<Tab>,
    crumbs: Vec<Crumb>,
    theme: &'static str,
    /// The page the request was made from.
    from: Option<String>,
}

impl Shell {
    /// From what is known of a request.
    pub fn of(headers: &HeaderMap, uri: &Uri, extensions: &Extensions) -> Self {
        let viewer = extensions.get::<Viewer>().cloned();
        let words = Words::of(language(headers, extensions));
        let flash = extensions.get::<Flash>();
        let zone = extensions.get::<TimeZone>().cloned().unwrap_or(TimeZone::UTC);
        let theme = match cookies::value(headers, THEME_COOKIE) {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "auto",
        };
        let path = uri.path().to_owned();
        let tab = Tab::of(&path);
        let from = headers.get(header::REFERER).and_then(|value| own_part(value.to_str().ok()?));
        let said = flash.iter().map(|flash| say(flash, words)).collect();
        Self { words, viewer, zone, path, said, tab, crumbs: Vec::new(), theme, from }
    }

    /// Lights a tab that the address does not tell.
    pub fn tab(mut self, tab: Tab) -> Self {
        self.tab = Some(tab);
        self
    }

    /// Adds a step of the way to this page (the page itself is not one).
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: href.into() });
        self
    }

    /// The page the request was made from, to go back to after a change.
    pub fn back_or(&self, otherwise: &str) -> String {
        self.from.clone().unwrap_or_else(|| otherwise.to_owned())
    }

    /// The message `key`.
    pub fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// The message `key`, filled: `[("n", n)]`, or a tuple of pairs where the values differ in kind.
    pub fn with(&self, key: &str, values: impl Values) -> String {
        self.words.with(key, &values.values())
    }

    /// `26 novembre 2026`.
    pub fn date(&self, at: &Timestamp) -> String {
        self.words.date(*at, &self.zone)
    }

    /// See [`Words::short_date`].
    pub fn short_date(&self, at: &Timestamp) -> String {
        self.words.short_date(*at, &self.zone)
    }

    /// See [`Words::short_datetime`].
    pub fn short_datetime(&self, at: &Timestamp) -> String {
        self.words.short_datetime(*at, &self.zone)
    }

    /// `jeu. 26 nov.`
    pub fn day(&self, at: &Timestamp) -> String {
        self.words.day(*at, &self.zone)
    }

    /// `26 novembre 2026 à 9 h 05`.
    pub fn datetime(&self, at: &Timestamp) -> String {
        self.words.datetime(*at, &self.zone)
    }

    /// `12 min`.
    pub fn duration(&self, seconds: &(impl Copy + Into<f64>)) -> String {
        self.words.duration(*seconds)
    }

    /// `1 284,5`.
    pub fn number(&self, value: &(impl Copy + Into<f64>)) -> String {
        self.words.number(*value)
    }

    /// `1 284`: how many there are.
    pub fn count(&self, n: &i64) -> String {
        // Exact below 2^53, which nobody counts to.
        self.words.number(*n as f64)
    }

    /// `84 %`.
    pub fn percent(&self, value: &(impl Copy + Into<f64>)) -> String {
        self.words.percent(*value)
    }

    /// The language tag, for the `lang` attribute.
    pub fn lang(&self) -> &'static str {
        self.words.language().tag()
    }

    /// The other language, for the switch.
    pub fn other_lang(&self) -> &'static str {
        match self.words.language() {
            Language::Fr => Language::En.tag(),
            Language::En => Language::Fr.tag(),
        }
    }

    /// `auto`, `light` or `dark`.
    pub fn theme(&self) -> &'static str {
        self.theme
    }

    /// Address of a built asset by its source path, such as `src/styles/app.css`.
    pub fn asset(&self, source: &str) -> String {
        assets::address(source)
    }

    /// Address of the icon sprite.
    pub fn sprite(&self) -> String {
        assets::address(assets::ICONS)
    }

    /// Addresses of the two fonts, preloaded by the layout.
    pub fn fonts(&self) -> [String; 2] {
        assets::FONTS.map(assets::address)
    }

    /// Whether an administrator looks: they also see what the others have no use for.
    pub fn administers(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.administers)
    }

    /// The way here.
    pub fn crumbs(&self) -> &[Crumb] {
        &self.crumbs
    }

    /// The tabs of this viewer: three for a learner, one more for who manages courses or is in a space, never more than four;
    /// none before sign-in.
    pub fn tabs(&self) -> Vec<NavItem> {
        let Some(viewer) = &self.viewer else { return Vec::new() };
        let item = |tab, key, href, icon| NavItem { label: self.t(key), href, icon, current: self.tab == Some(tab) };
        let mut tabs = vec![
            item(Tab::Learn, "tab-learn", "/", "house"),
            item(Tab::Catalogue, "tab-catalogue", "/catalogue", "library"),
        ];
        if viewer.in_spaces {
            tabs.push(item(Tab::Spaces, "tab-spaces", "/spaces", "users"));
        }
        if viewer.teaches {
            tabs.push(item(Tab::Manage, "tab-manage", "/trainer", "layers"));
        } else if viewer.reads_reports {
            tabs.push(item(Tab::Manage, "tab-manage", "/reports", "layers"));
        }
        // Four fit a phone; the page about oneself is in the menu of the account as well.
        if tabs.len() < 4 {
            tabs.push(item(Tab::Me, "tab-me", "/me", "circle-user"));
        }
        tabs
    }

    /// The sections under "Gérer" that this viewer may open; none where there is only one.
    pub fn sections(&self) -> Vec<NavItem> {
        let Some(viewer) = &self.viewer else { return Vec::new() };
        let item = |key, href: &'static str, icon| {
            let current = self.path == href || self.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
            NavItem { label: self.t(key), href, icon, current }
        };
        let mut sections = Vec::new();
        if viewer.teaches {
            sections.push(item("manage-courses", "/trainer", "book-open"));
            sections.push(item("manage-programmes", "/trainer/programmes", "list-checks"));
        }
        if viewer.reads_reports {
            sections.push(item("manage-reports", "/reports", "chart-no-axes-column"));
        }
        if viewer.reads_records {
            sections.push(item("manage-statements", "/admin/statements", "list"));
        }
        if viewer.administers {
            sections.push(item("manage-people", "/admin/people", "users"));
            sections.push(item("manage-spaces", "/admin/spaces", "users"));
            sections.push(item("manage-lrs", "/admin/lrs", "lock"));
            sections.push(item("manage-webhooks", "/admin/webhooks", "list"));
        }
        // An address may lie below two of them: the longer one is meant.
        let meant = sections.iter().filter(|section| section.current).map(|section| section.href.len()).max();
        for section in &mut sections {
            section.current &= Some(section.href.len()) == meant;
        }
        if sections.len() < 2 { Vec::new() } else { sections }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Shell {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.uri, &parts.extensions))
    }
}

/// The language of who asks: the one they chose, or else what their browser likes best.
pub fn language(headers: &HeaderMap, extensions: &Extensions) -> Language {
    let chosen = || cookies::value(headers, LANGUAGE_COOKIE).and_then(Language::from_tag);
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::from_accept);
    let own = extensions.get::<Viewer>().and_then(|viewer| viewer.language);
    own.or_else(chosen).or_else(accepted).unwrap_or_default()
}

/// Brings a flash from the answer that made it to the page that tells it, and forgets it then.
pub async fn carry_flash(State(app): State<App>, mut request: Request, next: Next) -> Result<Response> {
    let flash = FLASH.read(&app.config, request.headers()).map(Flash::read);
    let flashed = flash.is_some();
    if let Some(flash) = flash.flatten() {
        request.extensions_mut().insert(flash);
    }
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let cookie = match response.extensions().get::<Flash>() {
        Some(flash) => Some(FLASH.set(&app.config, &flash.written(), FLASH_LASTS)?),
        None => (flashed && is_page).then(|| FLASH.forget(&app.config)).transpose()?,
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn say(flash: &Flash, words: Words) -> Said {
    // A count is called `n` in every message: it chooses the plural.
    let value = |name: &str, value: &str| match value.parse::<i64>() {
        Ok(count) if name == "n" => count.into(),
        _ => value.to_owned().into(),
    };
    let args: Vec<_> = flash.args.iter().map(|(name, text)| (name.as_str(), value(name, text))).collect();
    Said { text: words.with(&flash.key, &args), fault: flash.fault, undo: flash.undo.clone().unwrap_or_default() }
}

/// A path of this application and of nobody else: `//host` and `/\host` lead away, and browsers drop tabs and line ends
/// before they look.
pub fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The path and query of an address: wherever it was, it leads to this application.
fn own_part(address: &str) -> Option<String> {
    let uri: Uri = address.parse().ok()?;
    let path = uri.path_and_query()?.as_str();
    is_own_path(path).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn shell(path: &'static str, headers: &[(header::HeaderName, &str)], viewer: Option<Viewer>) -> Shell {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
        let mut extensions = Extensions::new();
        viewer.map(|viewer| extensions.insert(viewer));
        Shell::of(&headers, &Uri::from_static(path), &extensions)
    }

    fn camille(teaches: bool) -> Viewer {
        Viewer {
            id: PersonId::new(),
            name: "Camille Martin".into(),
            language: Some(Language::Fr),
            teaches,
            administers: false,
            reads_records: false,
            reads_reports: false,
            in_spaces: false,
        }
    }

    #[test]
    fn a_page_speaks_the_language_of_its_viewer_then_the_chosen_then_the_browsers() {
        let english = [(header::ACCEPT_LANGUAGE, "en-GB")];
        assert_eq!(shell("/", &english, Some(camille(false))).lang(), "fr");
        assert_eq!(shell("/", &english, None).lang(), "en");
        let chosen = [(header::ACCEPT_LANGUAGE, "en-GB"), (header::COOKIE, "a=b; preau-language=fr")];
        assert_eq!(shell("/", &chosen, None).lang(), "fr");
        assert_eq!(shell("/", &[], None).lang(), "fr");
    }

    #[test]
    fn at_most_four_tabs_and_the_right_one_is_lit() {
        let tabs = shell("/trainer/import", &[], Some(camille(true))).tabs();
        assert_eq!(tabs.len(), 4);
        assert_eq!(tabs.iter().filter(|tab| tab.current).map(|tab| tab.href).collect::<Vec<_>>(), ["/trainer"]);
        assert_eq!(shell("/", &[], Some(camille(false))).tabs().len(), 3);
        assert!(shell("/", &[], None).tabs().is_empty());
    }

    #[test]
    fn a_planted_flash_cannot_lead_away() {
        for path in ["//evil.example/x", "/\\evil.example", "https://evil.example"] {
            let planted = Flash::read(&Flash::done("upload-done").undo(path).written()).unwrap();
            assert_eq!(planted, Flash::done("upload-done"));
        }
    }
}
