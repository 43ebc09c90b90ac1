//! From a container back to what `docker run` was told: the way of `create_body`, the other way round.
//!
//! What the container got from its image or from the engine by itself is left out, so that only choices stay.
//! Each value becomes the text that the form would hold, and is read as the form's are
//! (`shared::run::from_fields`): what cannot be said so is named, never dropped.

mod host;
mod limits;
mod mounts;
mod networks;
mod said;

use serde_json::Value;
use shared::{
    access::CREATED_LABEL,
    environments::EngineFacts,
    run::{ExistingSpec, ReadRunSpec, Typed, Unsaid, from_fields, words::quote},
};

use super::{Engine, EngineError};
use crate::access::grant::Grant;
use said::{Said, flag, items, members, pairs, text, texts};

impl Engine {
    /// What the grant's container was made of. Values of the environment are left out for who may not see
    /// them. `name_of` tells the name of another container that the actor sees.
    pub(crate) async fn read_run_spec(
        &self,
        grant: &Grant<ReadRunSpec>,
        masked: bool,
        name_of: impl Fn(&str) -> Option<String>,
    ) -> Result<ExistingSpec, EngineError> {
        if !self.facts().kind.tells_choices() {
            let message = "Podman does not tell what a container was made of apart from its own defaults";
            return Err(EngineError::Unable { message: message.to_owned() });
        }
        let container = self.inspect_raw(grant).await?;
        let image = container.get("Image").and_then(Value::as_str).unwrap_or_default();
        let path = format!("/images/{}/json", shared::endpoint::segment(image));
        let image = match self.read_json::<Value>("image", &path).await {
            Ok(image) => Some(image),
            Err(EngineError::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(read(&container, image.as_ref(), self.facts(), masked, &name_of))
    }
}

/// Reads the documents. Without its image, all is taken as the container's own.
fn read(
    container: &Value,
    image: Option<&Value>,
    facts: &EngineFacts,
    masked: bool,
    name_of: &dyn Fn(&str) -> Option<String>,
) -> ExistingSpec {
    let nothing = Value::Null;
    let config = container.get("Config").unwrap_or(&nothing);
    let host_config = container.get("HostConfig").unwrap_or(&nothing);
    let of_image = image.and_then(|image| image.get("Config")).unwrap_or(&nothing);
    let mut said = Said::default();
    attached(&mut said, config);
    said.maybe("user", text(config, "User").filter(|user| Some(*user) != text(of_image, "User")));
    let folder = text(config, "WorkingDir").filter(|folder| Some(*folder) != text(of_image, "WorkingDir"));
    said.maybe("workdir", folder);
    environment(&mut said, config, of_image, masked);
    labels(&mut said, config, of_image);
    let signal = text(config, "StopSignal").filter(|signal| Some(*signal) != text(of_image, "StopSignal"));
    said.maybe("stop-signal", signal);
    said.number("stop-timeout", said::number(config, "StopTimeout"));
    health(&mut said, config, of_image);
    volumes(&mut said, config, of_image);
    let command = command(&mut said, config, of_image);
    host::read(&mut said, host_config, facts, name_of);
    limits::read(&mut said, host_config);
    networks::read(&mut said, container, of_image, name_of);
    moved(&mut said, config, image);

    let Said { typed, mut unsaid, hidden } = said;
    let fields = from_fields(text(config, "Image").unwrap_or_default(), command, &typed);
    unsaid.extend(fields.unread.iter().filter_map(|(number, _)| {
        typed
            .get(*number)
            .map(|Typed { flag, text }| Unsaid::Value { flag: flag.long.to_owned(), text: text.clone() })
    }));
    ExistingSpec { spec: fields.spec, hidden, unsaid }
}

fn attached(said: &mut Said, config: &Value) {
    let interactive = flag(config, "OpenStdin");
    said.switch("interactive", interactive);
    said.switch("tty", flag(config, "Tty"));
    let input = flag(config, "AttachStdin");
    let (output, errors) = (flag(config, "AttachStdout"), flag(config, "AttachStderr"));
    match (input, output, errors) {
        (false, false, false) => said.switch("detach", true),
        (input, true, true) if !input || interactive => {}
        _ => {
            for (on, stream) in [(input, "stdin"), (output, "stdout"), (errors, "stderr")] {
                said.maybe("attach", on.then_some(stream));
            }
        }
    }
}

fn environment(said: &mut Said, config: &Value, of_image: &Value, masked: bool) {
    let known = texts(of_image, "Env");
    let own = texts(config, "Env");
    for pair in own.iter().filter(|pair| !known.contains(pair)) {
        match pair.split_once('=') {
            Some((name, _)) if masked => said.hidden.push(name.to_owned()),
            _ => said.flag("env", *pair),
        }
    }
    let has = |name: &str| own.iter().any(|pair| pair.split('=').next() == Some(name));
    for name in known.iter().filter_map(|pair| pair.split('=').next()).filter(|name| !has(name)) {
        said.unsaid.push(Unsaid::NoVariable { name: name.to_owned() });
    }
}

fn labels(said: &mut Said, config: &Value, of_image: &Value) {
    for (name, value) in pairs(config, "Labels") {
        let inherited = pairs(of_image, "Labels").any(|pair| pair == (name, value));
        if name != CREATED_LABEL && !inherited {
            said.flag("label", format!("{name}={value}"));
        }
    }
}

fn health(said: &mut Said, config: &Value, of_image: &Value) {
    let nothing = Value::Null;
    let check = config.get("Healthcheck").unwrap_or(&nothing);
    let inherited = of_image.get("Healthcheck").unwrap_or(&nothing);
    let test = texts(check, "Test");
    if test != texts(inherited, "Test") {
        match test.as_slice() {
            ["NONE"] => said.switch("no-healthcheck", true),
            ["CMD-SHELL", command] => said.flag("health-cmd", *command),
            ["CMD", words @ ..] => {
                let line = words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
                said.unsaid.push(Unsaid::HealthWords { command: line.clone() });
                said.flag("health-cmd", line);
            }
            _ => {}
        }
    }
    for (field, name) in [
        ("Interval", "health-interval"),
        ("Timeout", "health-timeout"),
        ("StartPeriod", "health-start-period"),
        ("StartInterval", "health-start-interval"),
    ] {
        let span = said::set(check, field).filter(|span| Some(*span) != said::set(inherited, field));
        said.maybe(name, span.map(|span| format!("{span}ns")));
    }
    let retries = said::set(check, "Retries").filter(|count| Some(*count) != said::set(inherited, "Retries"));
    said.number("health-retries", retries);
}

/// Volumes without a name, which the engine makes anew.
fn volumes(said: &mut Said, config: &Value, of_image: &Value) {
    for (target, _) in members(config, "Volumes") {
        if !members(of_image, "Volumes").any(|(inherited, _)| inherited == target) {
            said.flag("volume", target);
        }
    }
}

/// What runs. An entrypoint of several words, which no flag can say, goes before the command.
fn command(said: &mut Said, config: &Value, of_image: &Value) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let (program, words) = (texts(config, "Entrypoint"), texts(config, "Cmd"));
    let (image_program, image_words) = (texts(of_image, "Entrypoint"), texts(of_image, "Cmd"));
    if program == image_program && (words == image_words || !words.is_empty()) {
        return if words == image_words { Vec::new() } else { owned(&words) };
    }
    match program.as_slice() {
        [] => {
            said.flag("entrypoint", "");
            owned(&words)
        }
        [program] => {
            said.flag("entrypoint", *program);
            owned(&words)
        }
        [program, further @ ..] => {
            said.unsaid.push(Unsaid::EntrypointWords);
            said.flag("entrypoint", *program);
            [owned(further), owned(&words)].concat()
        }
    }
}

/// Whether the image's name means another image by now, or none.
fn moved(said: &mut Said, config: &Value, image: Option<&Value>) {
    let Some(name) = text(config, "Image") else { return };
    let Some(image) = image else {
        return said.unsaid.push(Unsaid::ImageGone { image: name.to_owned() });
    };
    let known = ["RepoTags", "RepoDigests"].into_iter().flat_map(|list| items(image, list));
    let mut known = known.filter_map(Value::as_str);
    let id = text(image, "Id").unwrap_or_default();
    let by_id = id.trim_start_matches("sha256:").starts_with(name.trim_start_matches("sha256:"));
    if !by_id && !known.any(|tag| same_image(tag, name)) {
        said.unsaid.push(Unsaid::ImageMoved { image: name.to_owned() });
    }
}

/// Whether a tag of the image is what the container was told: `nginx` is `docker.io/library/nginx:latest`.
fn same_image(tag: &str, name: &str) -> bool {
    let short = |name: &str| -> String {
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let name = name.strip_prefix("library/").unwrap_or(name);
        let last = name.rsplit('/').next().unwrap_or(name);
        if last.contains([':', '@']) { name.to_owned() } else { format!("{name}:latest") }
    };
    // Of a tag and a digest, the digest counts.
    let plain = |name: &str| match name.split_once('@') {
        Some((named, digest)) => {
            let slash = named.rfind('/').map_or(0, |at| at + 1);
            let tag = named.get(slash..).and_then(|last| last.find(':')).map(|at| slash + at);
            format!("{}@{digest}", tag.and_then(|at| named.get(..at)).unwrap_or(named))
        }
        None => name.to_owned(),
    };
    short(&plain(tag)) == short(&plain(name))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
