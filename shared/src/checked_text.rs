//! Texts that are checked when they are made: ids, names, the values of options.

/// Declares such types: the error of all of them, then each with its check and its own error.
macro_rules! checked_text {
    ($error:ty; $($(#[$doc:meta])* $name:ident, $valid:expr, $why:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(
                Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            )]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(try_from = "String", into = "String")]
            pub struct $name(String);

            impl $name {
                /// The text.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl TryFrom<String> for $name {
                type Error = $error;
                fn try_from(text: String) -> Result<Self, $error> {
                    let valid: fn(&str) -> bool = $valid;
                    if valid(&text) { Ok(Self(text)) } else { Err($why) }
                }
            }

            impl std::str::FromStr for $name {
                type Err = $error;
                fn from_str(text: &str) -> Result<Self, $error> {
                    Self::try_from(text.to_owned())
                }
            }

            impl From<$name> for String {
                fn from(value: $name) -> Self {
                    value.0
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    formatter.write_str(&self.0)
                }
            }
        )*
    };
}

pub(crate) use checked_text;
