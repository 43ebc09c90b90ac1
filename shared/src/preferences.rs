//! How somebody likes the console: kept for the user, so that it follows them to another browser.
//!
//! What was never chosen is as the browser has it.

use serde::{Deserialize, Serialize};

use crate::endpoint;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
}

/// The colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has them.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How the time of day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// 17:05.
    #[default]
    TwentyFour,
    /// 5:05 pm.
    Twelve,
}

/// How times are written in lists and heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// How long ago.
    #[default]
    Relative,
    /// Date and time.
    Absolute,
}

/// By which clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The browser's own.
    #[default]
    Local,
    /// UTC.
    Utc,
}

/// What somebody chose; also a change of it, in which what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// The language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// The time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// Times in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// The clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

impl Preferences {
    /// These, with a change.
    #[must_use]
    pub fn changed(self, change: Self) -> Self {
        Self {
            language: change.language.or(self.language),
            theme: change.theme.or(self.theme),
            hours: change.hours.or(self.hours),
            times: change.times.or(self.times),
            zone: change.zone.or(self.zone),
        }
    }
}

endpoint! {
    /// Changes one's own preferences; what is absent stays. The session's reply tells them, and open pages
    /// follow at once.
    UpdatePreferences {}
    Patch "/api/v1/account/preferences", query: crate::Empty, body: Preferences, reply: Preferences, needs: account,
    before_factor: yes
}
