//! Names and ids, parsed once at the edge.

use serde::{Deserialize, Serialize};

use crate::checked_text::checked_text;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadId(&'static str);

impl std::fmt::Display for BadId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for BadId {}

fn is_name(text: &str) -> bool {
    text.len() <= 255
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

checked_text! {
    BadId;
    /// One engine that the console manages: letters, digits and `_.-`.
    EnvironmentId, is_name, BadId("an environment's id is letters, digits and _.-");
    /// The full id of a container: 64 hexadecimal digits.
    ContainerId,
        |text| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        BadId("a container's id is 64 hexadecimal digits");
    /// What a person or a path calls a container: an id, the beginning of one, or a name
    /// (`[a-zA-Z0-9][a-zA-Z0-9_.-]*`, see <https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate>).
    ContainerRef, is_name, BadId("a container is named by letters, digits and _.-");
}

impl ContainerId {
    /// The first twelve digits, as `docker ps` shows.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl From<&ContainerId> for ContainerRef {
    fn from(id: &ContainerId) -> Self {
        Self(id.0.clone())
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

number_id!(
    /// A user of the console.
    UserId
);

number_id!(
    /// A team of users.
    TeamId
);

number_id!(
    /// A custom role.
    RoleId
);

number_id!(
    /// One grant: who, which role, where.
    GrantId
);

number_id!(
    /// An API token.
    TokenId
);

number_id!(
    /// A job.
    JobId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_climb_are_refused() {
        for bad in ["", ".", "..", "../x", "a/b", "a b", "-a", "a%2f", "a\0", "é"] {
            assert!(bad.parse::<ContainerRef>().is_err(), "{bad:?}");
        }
        for good in ["web", "web-1", "a.b_c", "0123456789ab"] {
            assert!(good.parse::<ContainerRef>().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_container_id_is_whole() {
        assert!("a".repeat(64).parse::<ContainerId>().is_ok());
        for bad in ["a".repeat(63), "A".repeat(64), "g".repeat(64)] {
            assert!(bad.parse::<ContainerId>().is_err());
        }
    }
}
