//! A row of the log: a line, or what stands between two.
//!
//! Belongs here: its elements. They have no handlers: the view has one for all, which finds out by
//! `data-do` what was pressed and by `data-sequence` in which row.

use leptos::{either::Either, prelude::*};
use shared::{
    UnixMillis,
    logs::{LogStream, ansi::Style, json::Kind, level::Level},
};

use super::{
    pieces::{self, Look, Piece},
    store::{Content, Entry, Gap, Group, Line, Mark},
};
use crate::{
    i18n::{I18n, t_count, t_string},
    ui::{
        format,
        icon::{Icon, IconView},
    },
};

/// How a row is to be drawn.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// All of it.
    pub(super) open: bool,
    /// The search stands here.
    pub(super) current: bool,
    /// Where the search found something.
    pub(super) places: Option<&'a Vec<Vec<(u32, u32)>>>,
}

/// A row.
pub(super) fn view(i18n: I18n, entry: &Entry, row: Row<'_>) -> AnyView {
    match &entry.content {
        Content::Line(line) => line_view(i18n, entry.sequence, line, row).into_any(),
        Content::Mark(Mark::Gap(gap)) => gap_view(i18n, entry.sequence, gap).into_any(),
        Content::Mark(mark) => mark_view(i18n, mark).into_any(),
    }
}

fn line_view(i18n: I18n, sequence: u64, line: &Line, row: Row<'_>) -> impl IntoView + use<> {
    let drawn = pieces::draw(line, row.open);
    let places =
        |index: usize| row.places.and_then(|places| places.get(index)).map_or(&[][..], Vec::as_slice);
    let hidden = drawn.hidden;
    let message = pieces::mark(drawn.message, places(0));
    let fields = drawn.fields;
    let document: Vec<Vec<Piece>> = drawn
        .document
        .into_iter()
        .enumerate()
        .map(|(index, pieces)| pieces::mark(pieces, places(index + 1)))
        .collect();
    let current = row.current;
    let is_document = !document.is_empty();
    let foldable = fields.is_some() || hidden > 0 || row.open;
    view! {
        <div
            class="log-line"
            data-level=line.level.map(|level| Group::of(Some(level)).name())
            data-open=is_document.then_some("")
            data-current=current.then_some("")
            data-stream=(line.stream == LogStream::Stderr).then_some("stderr")
            data-long=(hidden > 0).then_some("")
            data-sequence=sequence.to_string()
        >
            <time datetime=format::machine_time(line.at()) title=format::date_time_exact(i18n, line.at())>
                {time_text(i18n, line.at())}
            </time>
            <span class="log-level">{line.level.map(level_word)}</span>
            <span class="log-message">
                {(line.stream == LogStream::Stderr).then(|| view! { <span class="log-stream">"err"</span> })}
                {foldable.then(|| fold_button(i18n, row.open, fields))}
                {pieces_view(message, current)}
                {(hidden > 0).then(|| {
                    let size = format::disk(i18n, hidden as u64);
                    view! { <span class="log-note">{t_string!(i18n, logs.line.more, size = size)}</span> }
                })}
                {(line.cut > 0).then(|| {
                    let size = format::disk(i18n, line.cut);
                    view! { <span class="log-note">{t_string!(i18n, logs.line.cut, size = size)}</span> }
                })}
            </span>
            {is_document.then(|| document_view(i18n, document, fields.unwrap_or_default(), current))}
        </div>
    }
}

fn fold_button(i18n: I18n, open: bool, fields: Option<usize>) -> impl IntoView {
    let label = match (open, fields) {
        (true, _) => t_string!(i18n, logs.line.close),
        (false, Some(count)) => t_count!(i18n, count, logs.line.open_fields),
        (false, None) => t_string!(i18n, logs.line.open),
    };
    view! {
        <button class="log-fold" type="button" data-do="toggle" aria-expanded=open.to_string() aria-label=label.clone() title=label>
            <IconView icon=if open { Icon::ChevronDown } else { Icon::ChevronRight } small=true />
        </button>
    }
}

fn document_view(i18n: I18n, lines: Vec<Vec<Piece>>, fields: usize, current: bool) -> impl IntoView {
    let copy = t_string!(i18n, logs.line.copy);
    view! {
        <div class="log-json">
            <div class="log-json-bar">
                <span>{t_count!(i18n, fields, logs.line.fields)}</span>
                <button
                    class="button push"
                    type="button"
                    data-variant="ghost"
                    data-size="small"
                    data-icon=""
                    data-do="copy"
                    aria-label=copy.clone()
                    title=copy
                >
                    <IconView icon=Icon::Copy small=true />
                </button>
            </div>
            <div class="code log-json-text" role="group" aria-label=t_string!(i18n, logs.line.document) tabindex="0">
                {lines
                    .into_iter()
                    .map(|pieces| view! { <span class="ln">{pieces_view(pieces, current)}</span> })
                    .collect_view()}
            </div>
        </div>
    }
}

fn pieces_view(pieces: Vec<Piece>, current: bool) -> impl IntoView {
    pieces.into_iter().map(|piece| piece_view(piece, current)).collect_view()
}

fn piece_view(piece: Piece, current: bool) -> impl IntoView {
    let Piece { text, look, marked } = piece;
    let text = if marked {
        Either::Left(view! { <mark data-current=current.then_some("")>{text}</mark> })
    } else {
        Either::Right(text)
    };
    match look {
        Look::Plain => text.into_any(),
        Look::Key => view! { <span class="log-key">{text}</span> }.into_any(),
        Look::Value => view! { <span class="log-value">{text}</span> }.into_any(),
        Look::Json(kind) => view! { <span class=json_class(kind)>{text}</span> }.into_any(),
        Look::Ansi(style) if style == Style::default() => text.into_any(),
        Look::Ansi(style) => view! {
            <span
                class="log-ansi"
                data-ansi=style.foreground.map(pieces::color_name)
                data-ansi-back=style.background.map(pieces::color_name)
                data-style=style_words(style)
            >
                {text}
            </span>
        }
        .into_any(),
    }
}

fn json_class(kind: Kind) -> &'static str {
    match kind {
        Kind::Punctuation => "pun",
        Kind::Key => "key",
        Kind::Text => "str",
        Kind::Number => "num",
        Kind::Word => "var",
    }
}

fn style_words(style: Style) -> Option<String> {
    let words: Vec<&str> = [
        (style.bold, "bold"),
        (style.dim, "dim"),
        (style.italic, "italic"),
        (style.underline, "underline"),
        (style.strike, "strike"),
        (style.inverse, "inverse"),
    ]
    .into_iter()
    .filter_map(|(on, word)| on.then_some(word))
    .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A level as programs write it; not translated, since it is the log's own word.
fn level_word(level: Level) -> &'static str {
    match level {
        Level::Fatal => "FATAL",
        Level::Error => "ERROR",
        Level::Warn => "WARN",
        Level::Info => "INFO",
        Level::Debug => "DEBUG",
        Level::Trace => "TRACE",
    }
}

/// The time of day, with the date before it for what is not of today.
fn time_text(i18n: I18n, at: UnixMillis) -> String {
    let time = format::time_exact(i18n, at);
    let now = UnixMillis(js_sys::Date::now() as i64);
    let (date, today) = (format::date(i18n, at), format::date(i18n, now));
    if date == today { time } else { format!("{date} {time}") }
}

fn gap_view(i18n: I18n, sequence: u64, gap: &Gap) -> impl IntoView + use<> {
    let loading = gap.loading;
    view! {
        <div class="log-gap" data-sequence=sequence.to_string()>
            <span class="num">{t_count!(i18n, gap.skipped, logs.gap.skipped)}</span>
            <button
                class="button"
                type="button"
                data-size="small"
                data-do="load"
                aria-disabled=loading.then_some("true")
                aria-busy=loading.then_some("true")
            >
                {loading.then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
                {t_string!(i18n, logs.gap.load)}
            </button>
            <span class="wide-only">{t_string!(i18n, logs.gap.why)}</span>
        </div>
    }
}

fn mark_view(i18n: I18n, mark: &Mark) -> impl IntoView + use<> {
    let (icon, title, note) = match mark {
        Mark::Started(at) => (Icon::Play, t_string!(i18n, logs.mark.started), format::time_exact(i18n, *at)),
        Mark::Restarted(at) => {
            (Icon::Restart, t_string!(i18n, logs.mark.restarted), format::time_exact(i18n, *at))
        }
        Mark::Stopped { at, code } => {
            let time = format::time_exact(i18n, *at);
            let note = match code {
                Some(code) => t_string!(i18n, logs.mark.exit, code = code.to_string(), time = time),
                None => time,
            };
            (Icon::Stop, t_string!(i18n, logs.mark.stopped), note)
        }
        Mark::Resumed { lost, back } => {
            let time = format::duration(i18n, back.0.saturating_sub(lost.0));
            (
                Icon::Plug,
                t_string!(i18n, logs.mark.resumed),
                t_string!(i18n, logs.mark.resumed_note, time = time),
            )
        }
        Mark::Gap(_) => (Icon::Warning, String::new(), String::new()),
    };
    view! {
        <div class="log-event">
            <strong>
                <IconView icon=icon small=true />
                {title}
            </strong>
            <span>{note}</span>
        </div>
    }
}
