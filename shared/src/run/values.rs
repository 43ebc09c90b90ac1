//! Texts with a grammar of their own: what may stand in one part of an option's value.
//!
//! Each is checked once, when it is read from JSON or from a command line, so that every value of these
//! types can be printed and read back. What the engine would refuse all the same is said by `check`.

use serde::{Deserialize, Serialize};

use crate::checked_text::checked_text;

/// Why a text is not a value of the kind wanted. Worded by the page in the person's language; `Display` is
/// what the API says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A whole number.
    Number,
    /// Bytes: `512m`, `1.5g`.
    Size,
    /// `30s`, `1m30s`, `500ms`.
    Duration,
    /// A number with at most nine decimals: `1.5`.
    Decimal,
    /// `true` or `false`.
    Switch,
    /// An IP address.
    Address,
    /// A port or a range of ports, `8000-8010`.
    Port,
    /// Six bytes in hexadecimal: `92:d0:c6:0a:29:33`.
    Mac,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// This form: `SOURCE:TARGET[:OPTIONS]`.
    Form(&'static str),
    /// A path from the root; relative ones depend on the folder the command runs in.
    AbsolutePath,
    /// It may not be empty.
    Empty,
    /// No such key in this option's list.
    UnknownKey,
    /// These exclude each other.
    Contradiction,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number => formatter.write_str("a whole number is wanted"),
            Self::Size => formatter.write_str("a size is wanted, such as 512m"),
            Self::Duration => formatter.write_str("a duration is wanted, such as 30s"),
            Self::Decimal => formatter.write_str("a number is wanted, such as 1.5"),
            Self::Switch => formatter.write_str("true or false is wanted"),
            Self::Address => formatter.write_str("an IP address is wanted"),
            Self::Port => formatter.write_str("a port or a range of ports is wanted, such as 8000-8010"),
            Self::Mac => formatter.write_str("a MAC address is wanted, such as 92:d0:c6:0a:29:33"),
            Self::OneOf(words) => write!(formatter, "one of these is wanted: {}", words.join(", ")),
            Self::Form(form) => write!(formatter, "the form is {form}"),
            Self::AbsolutePath => formatter.write_str("a path that begins with / is wanted"),
            Self::Empty => formatter.write_str("it may not be empty"),
            Self::UnknownKey => formatter.write_str("there is no such key in this option"),
            Self::Contradiction => formatter.write_str("these exclude each other"),
        }
    }
}

impl std::error::Error for Reason {}

checked_text! {
    Reason;
    /// The name of a variable, a label, an option: not empty, no `=`.
    Key, |text| !text.is_empty() && !text.contains('='), Reason::Form("NAME=VALUE");
    /// The name of a label: as [`Key`], without white space.
    LabelKey, |text| !text.is_empty() && !text.contains(|c: char| c == '=' || c.is_whitespace()),
        Reason::Form("NAME=VALUE");
    /// One part of a value whose parts are separated by colons.
    Part, |text| !text.is_empty() && !text.contains(':'), Reason::Form("A:B");
    /// One part of a value whose parts are separated by commas.
    Item, |text| !text.is_empty() && !text.contains(','), Reason::Form("A,B");
    /// The name of a container, a network, an alias: not empty, no white space around it, no control characters.
    Name, |text| !text.is_empty() && text.trim() == text && !text.contains(char::is_control), Reason::Empty;
    /// The name of a volume: letters, digits and `_.-`, the first a letter or digit.
    VolumeName, |text| text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)), Reason::AbsolutePath;
    /// A name in the container's list of hosts: no `:`, no `=`.
    HostName, |text| !text.is_empty() && !text.contains([':', '=']), Reason::Form("NAME:ADDRESS");
    /// A path of the host from its root, without colons.
    HostPath, |text| text.starts_with('/') && !text.contains(':'), Reason::AbsolutePath;
    /// A device's path on the host: as [`HostPath`], and no pattern, which only the command line's own
    /// machine could fill in.
    DevicePath, |text| text.starts_with('/') && !text.contains([':', '*']), Reason::AbsolutePath;
    /// A device as the Container Device Interface names it: `vendor.com/class=name`.
    CdiDevice, is_cdi, Reason::Form("VENDOR/CLASS=NAME");
    /// What may be done with a device: letters of `rwm`, each at most once.
    DevicePermissions, |text| is_permissions(text), Reason::Form("rwm");
    /// A line of the devices' allow-list: `c 42:* rmw`.
    DeviceCgroupRule, is_device_rule, Reason::Form("TYPE MAJOR:MINOR PERMISSIONS");
    /// A capability of Linux in capitals without `CAP_`, or `ALL`.
    Capability, |text| !text.is_empty() && !text.starts_with("CAP_")
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'),
        Reason::Form("SYS_TIME");
}

impl Capability {
    /// Reads it as the command line takes it: in any case, with `CAP_` or without.
    ///
    /// # Errors
    /// [`Reason::Form`] for what cannot be a capability.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let text = text.to_ascii_uppercase();
        Self::try_from(text.strip_prefix("CAP_").unwrap_or(&text).to_owned())
    }
}

pub(super) fn is_permissions(text: &str) -> bool {
    (1..=3).contains(&text.len())
        && text.bytes().all(|byte| b"rwm".contains(&byte))
        && ["r", "w", "m"].iter().all(|letter| text.matches(letter).count() <= 1)
}

pub(super) fn is_cdi(text: &str) -> bool {
    let Some((kind, name)) = text.split_once('=') else { return false };
    let Some((vendor, class)) = kind.split_once('/') else { return false };
    let word = |text: &str, more: &[u8]| {
        text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    word(vendor, b"_-.") && word(class, b"_-") && word(name, b"_-.:")
}

fn is_device_rule(text: &str) -> bool {
    let mut words = text.split(' ');
    let number = |text: &str| text == "*" || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    let (Some(kind), Some(numbers), Some(permissions), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    matches!(kind, "a" | "b" | "c")
        && numbers.split_once(':').is_some_and(|(major, minor)| number(major) && number(minor))
        && (1..=3).contains(&permissions.len())
        && permissions.bytes().all(|byte| b"rwm".contains(&byte))
}

/// `NAME=VALUE`, in the order given, so that a name given twice is seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyValue {
    /// Before the `=`.
    pub name: Key,
    /// After it.
    pub value: String,
}

impl std::str::FromStr for KeyValue {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Ok(Self { name: name.parse()?, value: value.to_owned() })
    }
}

impl std::fmt::Display for KeyValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}={}", self.name, self.value)
    }
}

/// A label: `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Before the `=`.
    pub name: LabelKey,
    /// After it.
    pub value: String,
}

impl std::str::FromStr for Label {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Ok(Self { name: name.trim_start().parse()?, value: value.to_owned() })
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}={}", self.name, self.value)
    }
}

/// Declares a closed set of words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            pub enum $name {
                $($(#[$variant_doc])* #[serde(rename = $text)] $variant),*
            }

            impl $name {
                /// All of them, as the command line spells them.
                pub const WORDS: &'static [&'static str] = &[$($text),*];
                /// All of them.
                pub const ALL: &'static [Self] = &[$(Self::$variant),*];

                /// As the command line spells it.
                #[must_use]
                pub fn as_str(self) -> &'static str {
                    match self { $(Self::$variant => $text),* }
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::run::Reason;
                fn from_str(text: &str) -> Result<Self, $crate::run::Reason> {
                    match text {
                        $($text => Ok(Self::$variant),)*
                        _ => Err($crate::run::Reason::OneOf(Self::WORDS)),
                    }
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str(self.as_str())
                }
            }
        )*
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammars() {
        assert!("c 42:* rmw".parse::<DeviceCgroupRule>().is_ok());
        assert!("x 1:1 r".parse::<DeviceCgroupRule>().is_err());
        assert!("vendor.com/gpu=all".parse::<CdiDevice>().is_ok());
        assert!("/dev/a=b".parse::<CdiDevice>().is_err());
        assert!("rr".parse::<DevicePermissions>().is_err());
        assert_eq!(Capability::parse("cap_sys_time").unwrap().as_str(), "SYS_TIME");
        assert!("../up".parse::<VolumeName>().is_err());
        assert!(" a".parse::<Name>().is_err());
    }
}
