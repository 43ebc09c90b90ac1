//! What people do with their own account: their password, their sessions, their second factor.
//!
//! Belongs here: what concerns whoever is signed in, and nobody else. Does not: what administrators do with
//! other people's accounts (it is in `users/`).

use serde::{Deserialize, Serialize};

use crate::{UnixMillis, checked_text::checked_text, endpoint, session::Session};

checked_text! {
    BadSessionId;
    /// One session of a person: 64 hexadecimal digits. It names the session and opens nothing.
    SessionId,
        |text| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        BadSessionId;
}

/// A text is no [`SessionId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSessionId;

impl std::fmt::Display for BadSessionId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a session's id is 64 hexadecimal digits")
    }
}

impl std::error::Error for BadSessionId {}

impl endpoint::PathField for SessionId {
    fn text(&self) -> String {
        self.to_string()
    }
    fn place(&self, _target: &mut crate::TargetRef) {}
}

/// Another password in place of one's own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub current: String,
    /// At least 12 characters, at most 1,024 bytes.
    pub new: String,
}

/// One session of the person who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSession {
    /// What it is ended by.
    pub id: SessionId,
    /// Where it signed in from.
    pub address: String,
    /// The browser or program, if it is a known one: "Firefox".
    pub browser: Option<String>,
    /// The system that it runs on, if it is a known one: "Linux".
    pub system: Option<String>,
    /// What it calls itself.
    pub agent: String,
    /// When it signed in.
    pub made_at: UnixMillis,
    /// When it was last used, to the minute.
    pub seen_at: UnixMillis,
    /// It is the one that asks.
    pub this: bool,
}

/// How one's second factor stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactorState {
    /// Since when a code is asked for at the sign-in; none while it is not.
    pub since: Option<UnixMillis>,
    /// Recovery codes that were not used yet.
    pub recovery_codes: u32,
}

/// What an authenticator app needs. Shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactorSetup {
    /// The secret in base 32, for typing it.
    pub secret: String,
    /// The same as an address (`otpauth://`), for programs.
    pub address: String,
    /// The same as a QR code.
    pub qr: QrCode,
}

/// A QR code as something to draw: dark squares of side 1 on a light ground.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QrCode {
    /// The side of the whole, its quiet zone of 4 included.
    pub side: u32,
    /// The dark squares, as the `d` of an SVG path.
    pub path: String,
}

/// A code from the authenticator app, or a recovery code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FactorCode {
    /// Blanks and dashes do not count.
    pub code: String,
}

/// Codes for when the authenticator app is lost, each for one use. Shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// What proves again who is at the keyboard.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Their password; not enough for whoever has a second factor.
    Password(String),
    /// A code of their second factor.
    Code(String),
}

/// How many sessions were ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndedSessions {
    /// Their number.
    pub ended: u32,
}

endpoint! {
    /// Changes one's own password, and ends one's other sessions. 401 if the password until now is wrong, 422
    /// for a new one that is refused, 429 after too many attempts.
    ChangePassword {}
    Post "/api/v1/account/password", query: crate::Empty, body: PasswordChange, reply: (), needs: account,
    before_factor: yes
}

endpoint! {
    /// Lists one's own sessions, the last used first.
    ListSessions {}
    Get "/api/v1/account/sessions", query: crate::Empty, body: (), reply: Vec<OwnSession>, needs: account,
    before_factor: yes
}

endpoint! {
    /// Ends one of one's own sessions and closes its sockets at once. 404 for any other.
    EndSession { session: SessionId }
    Delete "/api/v1/account/sessions/{session}", query: crate::Empty, body: (), reply: (), needs: account,
    before_factor: yes
}

endpoint! {
    /// Ends all of one's sessions but the one that asks.
    EndOtherSessions {}
    Delete "/api/v1/account/sessions", query: crate::Empty, body: (), reply: EndedSessions, needs: account,
    before_factor: yes
}

endpoint! {
    /// Tells how one's second factor stands.
    ReadFactor {}
    Get "/api/v1/account/factor", query: crate::Empty, body: (), reply: FactorState, needs: account,
    before_factor: yes
}

endpoint! {
    /// Begins a second factor: makes its secret, which counts once a code has confirmed it. 409 if there is
    /// one already.
    BeginFactor {}
    Post "/api/v1/account/factor", query: crate::Empty, body: (), reply: FactorSetup, needs: account,
    confirms: yes, before_factor: yes
}

endpoint! {
    /// Confirms the second factor with a first code, from when on it is asked for. Replies ten recovery codes.
    /// 401 for a wrong code, 409 if none was begun.
    ConfirmFactor {}
    Post "/api/v1/account/factor/confirmation", query: crate::Empty, body: FactorCode, reply: RecoveryCodes,
    needs: account, confirms: yes, before_factor: yes
}

endpoint! {
    /// Makes ten new recovery codes in place of all before. 409 without a second factor.
    RenewRecoveryCodes {}
    Post "/api/v1/account/factor/recovery-codes", query: crate::Empty, body: (), reply: RecoveryCodes,
    needs: account, confirms: yes
}

endpoint! {
    /// Removes one's second factor and its recovery codes. 409 if there is none, or one's role requires it.
    RemoveFactor {}
    Delete "/api/v1/account/factor", query: crate::Empty, body: (), reply: (), needs: account, confirms: yes
}

endpoint! {
    /// Proves again who is at the keyboard: for five minutes, the session may do what asks for it. 401 for a
    /// wrong proof, 422 for a password where a code is needed, 429 after too many attempts.
    ConfirmIdentity {}
    Post "/api/v1/session/confirmation", query: crate::Empty, body: Proof, reply: Session, needs: account,
    before_factor: yes
}

endpoint! {
    /// Gives that up before its time.
    EndConfirmation {}
    Delete "/api/v1/session/confirmation", query: crate::Empty, body: (), reply: Session, needs: account,
    before_factor: yes
}
