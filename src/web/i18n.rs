//! The words of the interface: Fluent messages in French and English, and dates, numbers and durations as each writes them.
//!
//! Writers of the `.ftl` files type ordinary spaces and apostrophes; French typography is set once, when a file is loaded.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::tz::TimeZone;
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use crate::core::{Language, Timestamp};

/// Narrow no-break space: before ; : ! ? and inside « » in French, and between the thousands of a number.
const NARROW: char = '\u{202F}';
/// No-break space: between a number and its unit.
const FIRM: char = '\u{A0}';

#[derive(RustEmbed)]
#[folder = "src/locales/"]
struct Files;

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> = LazyLock::new(|| Language::ALL.map(load));

/// Reads every file of a language. A file that cannot be read is a fault of ours that a test finds; here it is told and left out.
fn load(language: Language) -> FluentBundle<FluentResource> {
    let tag = language.tag();
    let identifier: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::Fr => |value, _| number_value(value, Language::Fr),
        Language::En => |value, _| number_value(value, Language::En),
    }));
    for (name, text) in sources(language) {
        let resource = FluentResource::try_new(text).unwrap_or_else(|(readable, faults)| {
            tracing::error!(file = name, ?faults, "locale file cannot be read completely");
            readable
        });
        if let Err(faults) = bundle.add_resource(resource) {
            tracing::error!(file = name, ?faults, "locale file names a message twice");
        }
    }
    bundle
}

/// The files of a language, typography applied, in a stable order.
fn sources(language: Language) -> Vec<(String, String)> {
    let folder = format!("{}/", language.tag());
    let names: BTreeSet<String> =
        Files::iter().map(String::from).filter(|name| name.starts_with(&folder) && name.ends_with(".ftl")).collect();
    let read = |name: String| {
        let file = Files::get(&name)?;
        let text = String::from_utf8_lossy(&file.data).into_owned();
        Some((name, typeset(&text, language)))
    };
    names.into_iter().filter_map(read).collect()
}

/// Real apostrophes in both languages; in French the narrow spaces of its punctuation.
///
/// Works on the source of a file: Fluent's own syntax never has a space before `:` in a placeable the way we write it, and
/// knows neither `'` nor « ».
fn typeset(text: &str, language: Language) -> String {
    let text = text.replace('\'', "’");
    if language != Language::Fr {
        return text;
    }
    let mut set = String::with_capacity(text.len() + 64);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            (' ' | FIRM, Some(';' | ':' | '!' | '?' | '»' | '%')) => set.push(NARROW),
            ('«', Some(&(' ' | FIRM))) => {
                letters.next();
                set.extend(['«', NARROW]);
            }
            _ => set.push(letter),
        }
    }
    set
}

fn number_value(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) => {
            Some(number_in(number.value, number.options.maximum_fraction_digits.unwrap_or(2), language))
        }
        _ => None,
    }
}

/// `1 284,5` in French, `1,284.5` in English; at most `digits` after the comma, no zeros at the end.
fn number_in(value: f64, digits: usize, language: Language) -> String {
    let (group, comma) = match language {
        Language::Fr => (NARROW, ','),
        Language::En => (',', '.'),
    };
    let plain = format!("{:.digits$}", value.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut text = String::new();
    if value < 0.0 && (fraction.bytes().any(|b| b != b'0') || whole.bytes().any(|b| b != b'0')) {
        text.push('\u{2212}');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(comma);
        text.push_str(fraction);
    }
    text
}

/// Speaks one language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The words of `language`.
    pub fn of(language: Language) -> Self {
        Self { language }
    }

    /// The language spoken.
    pub fn language(self) -> Language {
        self.language
    }

    /// The message `key`. An unknown key is shown as it is, and told in the log; a test keeps it from happening.
    pub fn t(self, key: &str) -> String {
        self.say(key, None)
    }

    /// The message `key` with its placeholders filled.
    pub fn with(self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.say(key, Some(&args))
    }

    /// The sentence of a failure; `None` if there is none for this code.
    pub fn error(self, code: &str, values: &[(&'static str, String)]) -> Option<String> {
        let key = format!("error-{code}");
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, FluentValue::from(value.as_str()))).collect();
        self.bundle().has_message(&key).then(|| self.with(&key, &values))
    }

    /// Whether there is such a message.
    pub fn has(self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// `26 novembre 2026`, `26 November 2026`.
    pub fn date(self, at: Timestamp, zone: &TimeZone) -> String {
        let day = at.jiff().to_zoned(zone.clone());
        format!("{}{FIRM}{} {}", self.day_number(day.day()), self.t(MONTHS[month_index(&day)]), day.year())
    }

    /// `jeu. 26 nov.`, `Thu 26 Nov`: for lists, where the year is known.
    pub fn day(self, at: Timestamp, zone: &TimeZone) -> String {
        let day = at.jiff().to_zoned(zone.clone());
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        let month = format!("{}-short", MONTHS[month_index(&day)]);
        format!("{} {}{FIRM}{}", self.t(WEEKDAYS[weekday]), self.day_number(day.day()), self.t(&month))
    }

    /// `26 nov. 2026`, `26 Nov 2026`: for tables.
    pub fn short_date(self, at: Timestamp, zone: &TimeZone) -> String {
        let day = at.jiff().to_zoned(zone.clone());
        let month = format!("{}-short", MONTHS[month_index(&day)]);
        format!("{}{FIRM}{}{FIRM}{}", self.day_number(day.day()), self.t(&month), day.year())
    }

    /// `26 nov. 2026, 9 h 05`: for tables.
    pub fn short_datetime(self, at: Timestamp, zone: &TimeZone) -> String {
        format!("{}, {}", self.short_date(at, zone), self.time(at, zone))
    }

    /// `26 novembre 2026 à 9 h 05`, `26 November 2026 at 09:05`.
    pub fn datetime(self, at: Timestamp, zone: &TimeZone) -> String {
        self.with("date-and-time", &[("date", self.date(at, zone).into()), ("time", self.time(at, zone).into())])
    }

    /// `9 h 05`, `09:05`.
    pub fn time(self, at: Timestamp, zone: &TimeZone) -> String {
        let moment = at.jiff().to_zoned(zone.clone());
        match (self.language, moment.minute()) {
            (Language::Fr, 0) => format!("{}{FIRM}h", moment.hour()),
            (Language::Fr, minute) => format!("{}{FIRM}h{FIRM}{minute:02}", moment.hour()),
            (Language::En, minute) => format!("{:02}:{minute:02}", moment.hour()),
        }
    }

    /// `12 min`, `1 h 05 min`, `moins d’une minute`.
    pub fn duration(self, seconds: impl Into<f64>) -> String {
        // A float: durations come from content as fractions of seconds. Negative and NaN become zero.
        let seconds: f64 = seconds.into();
        let minutes = (seconds.max(0.0) / 60.0).round() as u64;
        match (minutes / 60, minutes % 60) {
            (0, 0) => self.t("duration-short"),
            (0, minutes) => format!("{minutes}{FIRM}min"),
            (hours, 0) => format!("{hours}{FIRM}h"),
            (hours, minutes) => format!("{hours}{FIRM}h{FIRM}{minutes:02}{FIRM}min"),
        }
    }

    /// `il y a 3 minutes`, `hier à 9 h`, then the date.
    pub fn ago(self, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
        let seconds = now.since(at).as_secs();
        match seconds {
            0..60 => self.t("ago-now"),
            60..3600 => self.with("ago-minutes", &[("n", (seconds / 60).into())]),
            3600..86_400 => self.with("ago-hours", &[("n", (seconds / 3600).into())]),
            86_400..604_800 => self.with("ago-days", &[("n", (seconds / 86_400).into())]),
            _ => self.date(at, zone),
        }
    }

    /// A number as this language writes it, at most two decimals.
    pub fn number(self, value: impl Into<f64>) -> String {
        number_in(value.into(), 2, self.language)
    }

    /// `7,2 Kio`, `2 Gio`: three figures at most, in the unit that fits.
    pub fn size(self, bytes: u64) -> String {
        const UNITS: [&str; 4] = ["size-bytes", "size-kib", "size-mib", "size-gib"];
        let mut size = bytes as f64;
        let mut unit = 0;
        while size >= 1024.0 && unit + 1 < UNITS.len() {
            size /= 1024.0;
            unit += 1;
        }
        let rounded = if size < 10.0 { (size * 10.0).round() / 10.0 } else { size.round() };
        self.with(UNITS[unit], &[("size", self.number(rounded).into())])
    }

    /// `84 %`, `84%`.
    pub fn percent(self, percent: impl Into<f64>) -> String {
        let number = number_in(percent.into(), 0, self.language);
        match self.language {
            Language::Fr => format!("{number}{NARROW}%"),
            Language::En => format!("{number}%"),
        }
    }

    /// `1er` for the first of a month in French.
    fn day_number(self, day: i8) -> String {
        if self.language == Language::Fr && day == 1 { "1er".to_owned() } else { day.to_string() }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self.language {
            Language::Fr => &BUNDLES[0],
            Language::En => &BUNDLES[1],
        }
    }

    fn say(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::warn!(key, language = self.language.tag(), "no such message");
            return key.to_owned();
        };
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut faults);
        if !faults.is_empty() {
            tracing::warn!(key, language = self.language.tag(), ?faults, "message lacks a value");
        }
        text.into_owned()
    }
}

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10",
    "month-11", "month-12",
];
const WEEKDAYS: [&str; 7] = ["weekday-1", "weekday-2", "weekday-3", "weekday-4", "weekday-5", "weekday-6", "weekday-7"];

fn month_index(day: &jiff::Zoned) -> usize {
    usize::try_from(day.month()).unwrap_or(1).clamp(1, 12) - 1
}

/// What may fill a placeholder from a template.
pub trait Value {
    /// As Fluent takes it: a number is written by locale and chooses plurals.
    fn value(&self) -> FluentValue<'_>;
}

impl<T: Value + ?Sized> Value for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

impl Value for str {
    fn value(&self) -> FluentValue<'_> {
        self.into()
    }
}

impl Value for String {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }
}

macro_rules! number_values {
    ($($number:ty)+) => {
        $(impl Value for $number {
            fn value(&self) -> FluentValue<'_> {
                (*self).into()
            }
        })+
    };
}
number_values!(i32 i64 u8 u16 u32 u64 usize f64);

/// Placeholders as a template writes them: `[("n", n)]`, or a tuple of pairs where the values differ in kind.
pub trait Values {
    /// The pairs, as [`Words::with`] takes them.
    fn values(&self) -> Vec<(&str, FluentValue<'_>)>;
}

impl<T: Values + ?Sized> Values for &T {
    fn values(&self) -> Vec<(&str, FluentValue<'_>)> {
        (**self).values()
    }
}

impl<V: Value, const N: usize> Values for [(&str, V); N] {
    fn values(&self) -> Vec<(&str, FluentValue<'_>)> {
        self.iter().map(|(name, value)| (*name, value.value())).collect()
    }
}

impl<A: Value, B: Value> Values for ((&str, A), (&str, B)) {
    fn values(&self) -> Vec<(&str, FluentValue<'_>)> {
        vec![(self.0.0, self.0.1.value()), (self.1.0, self.1.1.value())]
    }
}

impl<A: Value, B: Value, C: Value> Values for ((&str, A), (&str, B), (&str, C)) {
    fn values(&self) -> Vec<(&str, FluentValue<'_>)> {
        vec![(self.0.0, self.0.1.value()), (self.1.0, self.1.1.value()), (self.2.0, self.2.1.value())]
    }
}

#[cfg(test)]
mod tests;
