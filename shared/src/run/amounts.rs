//! Amounts with their units: bytes, processors, time, as Docker's command line writes them.

use serde::{Deserialize, Serialize};

use super::Reason;

/// Bytes, at most what the engine's 63 bits hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "u64", into = "u64")]
pub struct Size(u64);

impl Size {
    /// The number of bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// The number of bytes as the engine's signed numbers have it.
    #[must_use]
    pub fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl TryFrom<u64> for Size {
    type Error = Reason;
    fn try_from(bytes: u64) -> Result<Self, Reason> {
        if i64::try_from(bytes).is_ok() { Ok(Self(bytes)) } else { Err(Reason::Size) }
    }
}

impl From<Size> for u64 {
    fn from(size: Size) -> Self {
        size.0
    }
}

const UNITS: [(char, u32); 5] = [('k', 10), ('m', 20), ('g', 30), ('t', 40), ('p', 50)];

impl std::str::FromStr for Size {
    type Err = Reason;
    /// `1024`, `512m`, `1.5 GiB`: all units are powers of 1024, as in the command line.
    fn from_str(text: &str) -> Result<Self, Reason> {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
        let shift = match unit.as_str() {
            "" | "b" => 0,
            _ => {
                let letter = unit.chars().next().ok_or(Reason::Size)?;
                let rest = unit.strip_prefix(letter).unwrap_or_default();
                if !matches!(rest, "" | "b" | "ib") {
                    return Err(Reason::Size);
                }
                UNITS.iter().find(|(name, _)| *name == letter).map(|(_, shift)| *shift).ok_or(Reason::Size)?
            }
        };
        if let Ok(whole) = number.parse::<u64>() {
            return whole.checked_mul(1 << shift).ok_or(Reason::Size)?.try_into();
        }
        let parsed: f64 = number.parse().map_err(|_error| Reason::Size)?;
        #[expect(clippy::cast_precision_loss, reason = "a power of two is exact")]
        let bytes = parsed * (1_u64 << shift) as f64;
        if !(0.0..9.0e18).contains(&bytes) {
            return Err(Reason::Size);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, and the command line cuts the fraction off too"
        )]
        Self::try_from(bytes as u64)
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = UNITS.iter().rev().find(|(_, shift)| self.0 > 0 && self.0.trailing_zeros() >= *shift);
        match unit {
            Some((name, shift)) => write!(formatter, "{}{name}", self.0 >> shift),
            None => write!(formatter, "{}", self.0),
        }
    }
}

/// Memory and swap together, or no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SwapLimit {
    /// As much swap as the host has.
    Unlimited,
    /// This many bytes of memory and swap.
    Bytes(Size),
}

impl std::str::FromStr for SwapLimit {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        if text == "-1" { Ok(Self::Unlimited) } else { Ok(Self::Bytes(text.parse()?)) }
    }
}

impl std::fmt::Display for SwapLimit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unlimited => formatter.write_str("-1"),
            Self::Bytes(size) => size.fmt(formatter),
        }
    }
}

/// Processors, in thousand millionths of one, as the engine counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "u64", into = "u64")]
pub struct NanoCpus(u64);

const NANO: u64 = 1_000_000_000;

impl NanoCpus {
    /// As the engine's signed numbers have it.
    #[must_use]
    pub fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl TryFrom<u64> for NanoCpus {
    type Error = Reason;
    fn try_from(nanos: u64) -> Result<Self, Reason> {
        if i64::try_from(nanos).is_ok() { Ok(Self(nanos)) } else { Err(Reason::Decimal) }
    }
}

impl From<NanoCpus> for u64 {
    fn from(cpus: NanoCpus) -> Self {
        cpus.0
    }
}

/// Digits with at most nine decimals, in thousand millionths.
fn decimal(text: &str) -> Option<u128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || fraction.len() > 9 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: u64 = format!("{fraction:0<9}").parse().ok()?;
    Some(u128::from(whole) * u128::from(NANO) + u128::from(fraction))
}

impl std::str::FromStr for NanoCpus {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let nanos = decimal(text).and_then(|nanos| u64::try_from(nanos).ok());
        nanos.ok_or(Reason::Decimal)?.try_into()
    }
}

impl std::fmt::Display for NanoCpus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fraction = format!("{:09}", self.0 % NANO);
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() {
            write!(formatter, "{}", self.0 / NANO)
        } else {
            write!(formatter, "{}.{fraction}", self.0 / NANO)
        }
    }
}

/// A span of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "u64", into = "u64")]
pub struct Nanos(u64);

impl Nanos {
    /// As the engine's signed numbers have it.
    #[must_use]
    pub fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl TryFrom<u64> for Nanos {
    type Error = Reason;
    fn try_from(nanos: u64) -> Result<Self, Reason> {
        if i64::try_from(nanos).is_ok() { Ok(Self(nanos)) } else { Err(Reason::Duration) }
    }
}

impl From<Nanos> for u64 {
    fn from(nanos: Nanos) -> Self {
        nanos.0
    }
}

const SPANS: [(&str, u64); 6] =
    [("h", 3600 * NANO), ("m", 60 * NANO), ("s", NANO), ("ms", 1_000_000), ("us", 1000), ("ns", 1)];

impl std::str::FromStr for Nanos {
    type Err = Reason;
    /// `1m30s`, `1.5h`, `300ms`, `0`.
    fn from_str(text: &str) -> Result<Self, Reason> {
        if text == "0" {
            return Ok(Self(0));
        }
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        let mut total: u64 = 0;
        if rest.is_empty() {
            return Err(Reason::Duration);
        }
        while !rest.is_empty() {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).ok_or(Reason::Duration)?;
            let (number, after) = rest.split_at(end);
            let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
            let (unit, after) = after.split_at(end);
            let unit = if unit == "µs" { "us" } else { unit };
            let (_, nanos) = SPANS.iter().find(|(name, _)| *name == unit).ok_or(Reason::Duration)?;
            let scaled = decimal(number).and_then(|number| number.checked_mul(u128::from(*nanos)));
            let scaled = scaled.and_then(|scaled| u64::try_from(scaled / u128::from(NANO)).ok());
            let scaled = scaled.ok_or(Reason::Duration)?;
            total = total.checked_add(scaled).ok_or(Reason::Duration)?;
            rest = after;
        }
        total.try_into()
    }
}

impl std::fmt::Display for Nanos {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let exact = SPANS.iter().find(|(_, nanos)| self.0 > 0 && self.0.is_multiple_of(*nanos));
        match exact {
            // A minute and a half reads better in two parts than as 90 s.
            Some((unit, nanos)) if *unit == "s" && self.0 / nanos > 60 => {
                let seconds = self.0 / nanos;
                write!(formatter, "{}m{}s", seconds / 60, seconds % 60)
            }
            Some((unit, nanos)) => write!(formatter, "{}{unit}", self.0 / nanos),
            None => formatter.write_str("0s"),
        }
    }
}

/// A whole number as the command line takes it. Octal and hexadecimal are not taken, and so a leading zero
/// is none either.
pub(super) fn integer<N: std::str::FromStr>(text: &str) -> Result<N, Reason> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(Reason::Number);
    }
    text.parse().map_err(|_error| Reason::Number)
}

/// `true` or `false` in the spellings that the command line takes.
pub(super) fn boolean(text: &str) -> Result<bool, Reason> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(Reason::Switch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> Option<u64> {
        text.parse::<Size>().ok().map(Size::bytes)
    }

    #[test]
    fn sizes() {
        assert_eq!(size("512m"), Some(512 << 20));
        assert_eq!(size("1.5g"), Some(3 << 29));
        assert_eq!(size("1 GiB"), Some(1 << 30));
        assert_eq!(size("10KB"), Some(10 << 10));
        assert_eq!(size("7"), Some(7));
        for bad in ["", "m", "-1", "1x", "1mm", "1..5g", "99999999p", "1e3", "inf"] {
            assert_eq!(size(bad), None, "{bad}");
        }
        assert_eq!(Size(512 << 20).to_string(), "512m");
        assert_eq!(Size(1025).to_string(), "1025");
        assert_eq!(Size(0).to_string(), "0");
    }

    #[test]
    fn processors_and_times() {
        assert_eq!("1.5".parse(), Ok(NanoCpus(1_500_000_000)));
        assert_eq!(".25".parse(), Ok(NanoCpus(250_000_000)));
        assert!("1.0000000001".parse::<NanoCpus>().is_err());
        assert_eq!(NanoCpus(1_500_000_000).to_string(), "1.5");
        assert_eq!("1m30s".parse(), Ok(Nanos(90 * NANO)));
        assert_eq!("1.5h".parse(), Ok(Nanos(5400 * NANO)));
        assert_eq!(Nanos(90 * NANO).to_string(), "1m30s");
        assert_eq!(Nanos(1_500_000).to_string(), "1500us");
        for bad in ["", "30", "-1s", "1d", "s"] {
            assert!(bad.parse::<Nanos>().is_err(), "{bad}");
        }
    }
}
