//! Numbers, sizes, durations and dates in the person's language, by the browser's own `Intl`.
//!
//! Everything here is tracked: it follows the language. A no-break space stands before each unit. Memory is
//! counted in powers of 1024 (MiB), disks in powers of 1000 (MB), as `docker stats` and `docker system df` do.

use std::{cell::RefCell, collections::HashMap};

use js_sys::{Array, Date, Function, Intl, JsString, Object, Reflect};
use leptos::{prelude::*, reactive::graph::Observer};
use shared::{
    UnixMillis,
    preferences::{Hours, Preferences, Times, Zone},
};
use wasm_bindgen::JsValue;

use crate::i18n::{I18n, Locale};

const NO_BREAK: char = '\u{a0}';

/// Milliseconds.
pub(crate) const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A kind of formatter; each is made once per language.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Digits(u8),
    Percent,
    DateTime,
    DateTimeExact,
    Time,
    TimeExact,
    Date,
}

/// How times are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Style {
    hours: Hours,
    times: Times,
    zone: Zone,
}

thread_local! {
    static FORMATTERS: RefCell<HashMap<(&'static str, Kind, Style), Function>> = RefCell::new(HashMap::new());
    static STYLE: ArcRwSignal<Style> = ArcRwSignal::new(Style::default());
}

/// Writes times as somebody likes them from now on.
pub(crate) fn follow(chosen: Preferences) {
    let style = Style {
        hours: chosen.hours.unwrap_or_default(),
        times: chosen.times.unwrap_or_default(),
        zone: chosen.zone.unwrap_or_default(),
    };
    STYLE.with(|now| {
        if now.get_untracked() != style {
            now.set(style);
        }
    });
}

/// Tracked where there is something that follows.
fn style() -> Style {
    STYLE.with(|now| if Observer::get().is_some() { now.get() } else { now.get_untracked() })
}

/// A whole number with the language's separators.
pub(crate) fn count(i18n: I18n, value: u64) -> String {
    number(i18n.code(), Kind::Digits(0), value as f64)
}

/// A number with at most so many digits after the separator.
pub(crate) fn decimal(i18n: I18n, value: f64, digits: u8) -> String {
    number(i18n.code(), Kind::Digits(digits), value)
}

/// Processor use, from thousandths of one processor: 412 is “41.2%”.
pub(crate) fn processor(i18n: I18n, cpu_millis: u32) -> String {
    number(i18n.code(), Kind::Percent, f64::from(cpu_millis) / 1000.0)
}

/// A part of the whole, from 0 to 1: “63.4%”.
pub(crate) fn percent(i18n: I18n, part: f64) -> String {
    number(i18n.code(), Kind::Percent, part)
}

/// Memory: “412 MiB”, “1.21 GiB”.
pub(crate) fn memory(i18n: I18n, bytes: u64) -> String {
    let units = match i18n.locale() {
        Locale::en => ["B", "KiB", "MiB", "GiB", "TiB"],
        Locale::fr => ["o", "Kio", "Mio", "Gio", "Tio"],
    };
    scaled(i18n, bytes, 1024.0, units)
}

/// Room on a disk, or a transfer: “7.2 GB”.
pub(crate) fn disk(i18n: I18n, bytes: u64) -> String {
    let units = match i18n.locale() {
        Locale::en => ["B", "kB", "MB", "GB", "TB"],
        Locale::fr => ["o", "ko", "Mo", "Go", "To"],
    };
    scaled(i18n, bytes, 1000.0, units)
}

fn scaled(i18n: I18n, bytes: u64, step: f64, units: [&str; 5]) -> String {
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= step && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    // Three figures are enough to compare by.
    let digits = match (unit, value) {
        (0, _) => 0,
        (_, value) if value >= 100.0 => 0,
        (_, value) if value >= 10.0 => 1,
        (1 | 2, _) => 1,
        (_, _) => 2,
    };
    let unit = units.get(unit).copied().unwrap_or_default();
    format!("{}{NO_BREAK}{unit}", number(i18n.code(), Kind::Digits(digits), value))
}

/// How long, in its largest unit: “12 d”, “3 h”, “5 min”, “40 s”.
pub(crate) fn duration(i18n: I18n, millis: i64) -> String {
    let millis = millis.max(0);
    let (amount, unit) = match (millis, i18n.locale()) {
        (DAY.., Locale::en) => (millis / DAY, "d"),
        (DAY.., Locale::fr) => (millis / DAY, "j"),
        (HOUR.., _) => (millis / HOUR, "h"),
        (MINUTE.., _) => (millis / MINUTE, "min"),
        (_, _) => (millis / SECOND, "s"),
    };
    format!("{}{NO_BREAK}{unit}", number(i18n.code(), Kind::Digits(0), amount as f64))
}

/// How long ago: “6 h ago”, “il y a 6 h”; for who likes that better, date and time.
pub(crate) fn ago(i18n: I18n, then: UnixMillis, now: f64) -> String {
    if style().times == Times::Absolute {
        return date_time(i18n, then);
    }
    let duration = duration(i18n, since(then, now));
    match i18n.locale() {
        Locale::en => format!("{duration} ago"),
        Locale::fr => format!("il y a {duration}"),
    }
}

/// Milliseconds from then to now.
pub(crate) fn since(then: UnixMillis, now: f64) -> i64 {
    (now as i64).saturating_sub(then.0)
}

/// Date and time to the minute.
pub(crate) fn date_time(i18n: I18n, at: UnixMillis) -> String {
    instant(i18n.code(), Kind::DateTime, at)
}

/// Date and time to the second: for `title`.
pub(crate) fn date_time_exact(i18n: I18n, at: UnixMillis) -> String {
    instant(i18n.code(), Kind::DateTimeExact, at)
}

/// The time of day to the minute.
pub(crate) fn time(i18n: I18n, at: UnixMillis) -> String {
    instant(i18n.code(), Kind::Time, at)
}

/// The time of day to the millisecond.
pub(crate) fn time_exact(i18n: I18n, at: UnixMillis) -> String {
    instant(i18n.code(), Kind::TimeExact, at)
}

/// The date.
pub(crate) fn date(i18n: I18n, at: UnixMillis) -> String {
    instant(i18n.code(), Kind::Date, at)
}

/// For `<time datetime>`: `2026-07-27T12:00:00.000Z`; empty for what no calendar has.
pub(crate) fn machine_time(at: UnixMillis) -> String {
    let date = date_of(at);
    if date.get_time().is_finite() { date.to_iso_string().into() } else { String::new() }
}

fn date_of(at: UnixMillis) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

fn number(language: &'static str, kind: Kind, value: f64) -> String {
    apply(language, kind, &JsValue::from_f64(value))
}

fn instant(language: &'static str, kind: Kind, at: UnixMillis) -> String {
    let date = date_of(at);
    if date.get_time().is_finite() { apply(language, kind, &date) } else { at.0.to_string() }
}

fn apply(language: &'static str, kind: Kind, value: &JsValue) -> String {
    let formatter = FORMATTERS.with(|formatters| {
        let style = match kind {
            Kind::Digits(_) | Kind::Percent => Style::default(),
            _ => style(),
        };
        let mut formatters = formatters.borrow_mut();
        formatters.entry((language, kind, style)).or_insert_with(|| make(language, kind, style)).clone()
    });
    formatter.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// `format` is a getter whose function is bound to its formatter.
fn make(language: &'static str, kind: Kind, style: Style) -> Function {
    // Dates as people in Europe write them, unless the browser knows the region better.
    let locales = Array::of1(&JsString::from(if language == "en" { "en-GB" } else { language }));
    let options = Object::new();
    let set = |name: &str, value: JsValue| {
        // A plain object takes any property.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &value);
    };
    match kind {
        Kind::Digits(digits) => {
            set("maximumFractionDigits", JsValue::from_f64(f64::from(digits)));
            return Intl::NumberFormat::new(&locales, &options).format();
        }
        Kind::Percent => {
            set("style", JsValue::from_str("percent"));
            set("minimumFractionDigits", JsValue::from_f64(1.0));
            set("maximumFractionDigits", JsValue::from_f64(1.0));
            return Intl::NumberFormat::new(&locales, &options).format();
        }
        Kind::DateTime => {
            set("dateStyle", JsValue::from_str("medium"));
            set("timeStyle", JsValue::from_str("short"));
        }
        Kind::DateTimeExact => {
            set("dateStyle", JsValue::from_str("full"));
            set("timeStyle", JsValue::from_str("medium"));
        }
        Kind::Time => set("timeStyle", JsValue::from_str("short")),
        Kind::TimeExact => {
            for part in ["hour", "minute", "second"] {
                set(part, JsValue::from_str("2-digit"));
            }
            set("fractionalSecondDigits", JsValue::from_f64(3.0));
        }
        Kind::Date => set("dateStyle", JsValue::from_str("medium")),
    }
    if kind != Kind::Date {
        set("hourCycle", JsValue::from_str(if style.hours == Hours::Twelve { "h12" } else { "h23" }));
    }
    if style.zone == Zone::Utc {
        set("timeZone", JsValue::from_str("UTC"));
    }
    Intl::DateTimeFormat::new(&locales, &options).format()
}
