//! Images: what a list row and the form that makes containers know of them, and the endpoints.

mod reference;

pub use reference::*;

use serde::{Deserialize, Serialize};

use crate::{ByteCount, Empty, EnvironmentId, Permission, UnixMillis, endpoint, jobs::Job};

/// An image that the engine has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageSummary {
    /// `sha256:` and 64 hexadecimal digits.
    pub id: String,
    /// Its names with their tags; none for one that lost its name to a newer one.
    pub tags: Vec<String>,
    /// Its names with their digests.
    pub digests: Vec<String>,
    /// What it takes with all its layers.
    pub size: ByteCount,
    /// When it was built, by its own word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<UnixMillis>,
}

/// Podman's name for images that are of no registry.
const LOCAL: &str = "localhost/";

impl ImageSummary {
    /// Whether this is the image that a container's `image` names: by name and tag, by digest, or by the
    /// beginning of its id.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let wanted = familiar(name);
        let named = |tag: &String| {
            let tag = familiar(tag);
            tag == wanted || tag.strip_prefix(LOCAL).is_some_and(|tag| tag == wanted)
        };
        self.tags.iter().chain(&self.digests).any(named) || self.is_by_id(name)
    }

    fn is_by_id(&self, name: &str) -> bool {
        let id = self.id.strip_prefix("sha256:").unwrap_or(&self.id);
        let name = name.strip_prefix("sha256:").unwrap_or(name);
        name.len() >= 4 && id.starts_with(name)
    }
}

/// An image, and what a container of it gets unless it is told otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImageDetails {
    /// `sha256:` and 64 hexadecimal digits.
    pub id: String,
    /// Its names with their tags.
    pub tags: Vec<String>,
    /// Its names with their digests.
    pub digests: Vec<String>,
    /// What it takes with all its layers.
    pub size: ByteCount,
    /// When it was built, in the engine's words.
    pub created: String,
    /// `linux/amd64`
    pub platform: String,
    /// The command's words.
    pub command: Vec<String>,
    /// The entrypoint's words.
    pub entrypoint: Vec<String>,
    /// `NAME=VALUE`, as the image has them.
    pub env: Vec<String>,
    /// Ports that it says it listens on: `80/tcp`.
    pub ports: Vec<String>,
    /// Paths that become anonymous volumes.
    pub volumes: Vec<String>,
    /// Who runs in it; empty for root.
    pub user: String,
    /// Where the command begins.
    pub workdir: String,
    /// The words of its health check.
    pub healthcheck: Vec<String>,
    /// What stops it; empty for the usual one.
    pub stop_signal: String,
    /// How many labels it has.
    pub labels: u32,
}

/// Which image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImageQuery {
    /// A name with or without its tag, a digest, or an id.
    pub image: ImageName,
}

/// What to pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PullRequest {
    /// Which image.
    pub reference: ImageReference,
    /// Which of its platforms; the engine's own unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

endpoint! {
    /// Lists the images that the engine has, from the console's memory, the newest first.
    ListImages { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}/images", query: Empty, body: (), reply: Vec<ImageSummary>,
    needs: within Permission::ContainerCreate
}

endpoint! {
    /// What an image has: command, entrypoint, environment, ports, volumes. 404 for one that is not here.
    InspectImage { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}/images/inspect", query: ImageQuery, body: (), reply: ImageDetails,
    needs: within Permission::ContainerCreate
}

endpoint! {
    /// Pulls an image, as `docker pull` does, without a login. Replies at once with the job that does it; one
    /// that pulls the same already is joined. 409 when too many jobs are under way.
    PullImage { environment: EnvironmentId }
    Post "/api/v1/environments/{environment}/images/pull", query: Empty, body: PullRequest, reply: Job,
    needs: within Permission::ImagePull
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(tags: &[&str], digests: &[&str]) -> ImageSummary {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ImageSummary {
            id: format!("sha256:{}", "0123456789abcdef".repeat(4)),
            tags: own(tags),
            digests: own(digests),
            size: ByteCount(1),
            created: None,
        }
    }

    #[test]
    fn an_image_is_found_by_all_its_names() {
        let digest = format!("nginx@sha256:{}", "b".repeat(64));
        let docker = image(&["nginx:latest"], &[&digest]);
        for name in
            ["nginx", "nginx:latest", "docker.io/library/nginx", &digest, "0123456789ab", "sha256:0123"]
        {
            assert!(docker.is(name), "{name}");
        }
        for name in ["nginx:1", "acme/nginx", "012", "fff0", ""] {
            assert!(!docker.is(name), "{name}");
        }
        let podman = image(&["localhost/hello:1.0", "docker.io/library/nginx:latest"], &[]);
        assert!(podman.is("hello:1.0") && podman.is("nginx") && podman.is("localhost/hello:1.0"));
    }
}
