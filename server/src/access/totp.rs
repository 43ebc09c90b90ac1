//! Codes from time, as authenticator apps make them (<https://www.rfc-editor.org/rfc/rfc6238>): SHA-1, six
//! digits, thirty seconds, which is what all of the apps do whatever else is asked of them.
//!
//! Belongs here: the arithmetic, and the forms in which a secret is shown. Does not: which code was used when
//! (`factor.rs`).

use data_encoding::BASE32_NOPAD;
use qrcode::{Color, EcLevel, QrCode};
use ring::hmac;
use shared::{UnixMillis, account, endpoint::segment};

use crate::Error;

/// Bytes of a secret: as many as the hash has (<https://www.rfc-editor.org/rfc/rfc4226#section-4>).
pub const SECRET_BYTES: usize = 20;
const STEP_MS: i64 = 30_000;
const DIGITS: usize = 6;
/// Steps before and after the present one whose codes count: clocks differ, and typing takes time.
const SKEW: i64 = 1;
/// The light border that readers need.
const QUIET: usize = 4;

/// Whether a text, without its blanks, has the form of a code.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The time step, later than `last_step` and near `now`, whose code this is.
#[must_use]
pub fn step_of(secret: &[u8], code: &str, now: UnixMillis, last_step: i64) -> Option<i64> {
    let typed: u32 = code.parse().ok().filter(|_| is_code(code))?;
    let present = now.0.div_euclid(STEP_MS);
    let mut found = None;
    // All of them, and as numbers, so that the time tells nothing.
    for step in present.saturating_sub(SKEW)..=present.saturating_add(SKEW) {
        if code_at(secret, step) == typed && step > last_step {
            found = Some(step);
        }
    }
    found
}

/// The code of a time step, as a number.
fn code_at(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let digest = tag.as_ref();
    let offset = usize::from(digest.last().copied().unwrap_or(0) & 0x0f);
    let word = digest.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000
}

/// A secret in the forms in which apps take it.
///
/// # Errors
/// When it does not fit into a QR code, which the lengths of names exclude.
pub fn setup(secret: &[u8], issuer: &str, name: &str) -> Result<account::FactorSetup, Error> {
    let secret = BASE32_NOPAD.encode(secret);
    // https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    let address = format!(
        "otpauth://totp/{}:{}?secret={secret}&issuer={}&algorithm=SHA1&digits={DIGITS}&period={}",
        segment(issuer),
        segment(name),
        segment(issuer),
        STEP_MS / 1_000,
    );
    let qr = draw(&address)?;
    Ok(account::FactorSetup { secret, address, qr })
}

fn draw(text: &str) -> Result<account::QrCode, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (number, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", number % width + QUIET, number / width + QUIET));
        }
    }
    let side = u32::try_from(width + 2 * QUIET).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(account::QrCode { side, path })
}

/// What an app would show, for tests.
#[cfg(test)]
pub(crate) fn shown(secret: &[u8], now: UnixMillis) -> String {
    format!("{:0DIGITS$}", code_at(secret, now.0.div_euclid(STEP_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        // The last six digits of appendix B of RFC 6238.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = UnixMillis(seconds * 1_000);
            assert_eq!(step_of(SECRET, code, now, 0), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_code_counts_near_its_time_and_after_the_last_used_one() {
        let at = |seconds: i64| UnixMillis(seconds * 1_000);
        for near in [29, 30, 59, 89] {
            assert_eq!(step_of(SECRET, "287082", at(near), 0), Some(1), "{near}");
        }
        for far in [-1, 90, 3_600] {
            assert_eq!(step_of(SECRET, "287082", at(far), 0), None, "{far}");
        }
        assert_eq!(step_of(SECRET, "287082", at(59), 1), None, "used");
        assert_eq!(step_of(b"another", "287082", at(59), 0), None);
        assert_eq!(step_of(SECRET, "", at(59), 0), None);
    }

    #[test]
    fn a_secret_is_shown_as_apps_take_it() {
        let shown = setup(SECRET, "Longshore", "ann@dock").unwrap();
        assert_eq!(shown.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            shown.address,
            "otpauth://totp/Longshore:ann%40dock?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Longshore\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert!(shown.qr.path.starts_with("M4 4h1v1h-1z"), "the corner is dark");
        assert!(shown.qr.path.bytes().all(|byte| b"Mhvz- 0123456789".contains(&byte)));
    }
}
