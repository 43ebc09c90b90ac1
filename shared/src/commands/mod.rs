//! The command of Docker's own command line that does what a call does: shown beside each button, and
//! collected into a script that does the same against another engine.
//!
//! Belongs here: words, never a shell string, until a script is written. Does not: running anything.

mod record;

pub use record::{Outcome, Record, Said, ScriptTexts, Secrets, Verb, Word, creation, plain, shown};

use crate::{
    ContainerRef, Empty, Endpoint,
    containers::{
        KillContainer, KillOptions, NewName, PauseContainer, RemoveContainer, RemoveOptions, RenameContainer,
        RestartContainer, StartContainer, StopContainer, StopOptions, UnpauseContainer,
    },
    images::{PullImage, PullRequest},
    run::{
        self, CreateContainer, CreateOptions, RunSpec,
        words::{quote, split},
    },
};

/// A call that a command of Docker amounts to.
pub trait AsCommand: Endpoint {
    /// The words of that command, `docker` the first.
    fn command(&self, query: &Self::Query, body: &Self::Body) -> Vec<String>;
}

/// An action on one container or several, by name.
#[must_use]
pub fn on_containers<S: AsRef<str>>(verb: &str, options: &[String], names: &[S]) -> Vec<String> {
    let mut words = vec!["docker".to_owned(), verb.to_owned()];
    words.extend_from_slice(options);
    // No engine of today gives such a name; one that did must not be read as an option.
    if names.iter().any(|name| name.as_ref().starts_with('-')) {
        words.push("--".to_owned());
    }
    words.extend(names.iter().map(|name| name.as_ref().to_owned()));
    words
}

fn words(verb: &str, options: &[String], container: &ContainerRef) -> Vec<String> {
    on_containers(verb, options, &[container.as_str()])
}

/// Another name for a container.
#[must_use]
pub fn rename(container: &str, name: &str) -> Vec<String> {
    on_containers("rename", &[], &[container, name])
}

/// Removing containers.
#[must_use]
pub fn remove<S: AsRef<str>>(options: RemoveOptions, names: &[S]) -> Vec<String> {
    let flags = [(options.force, "--force"), (options.volumes, "--volumes")];
    let flags: Vec<String> =
        flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.to_owned()).collect();
    on_containers("rm", &flags, names)
}

/// Words on one line, as a shell takes them.
#[must_use]
pub fn line(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

fn waiting(options: StopOptions) -> Vec<String> {
    // Newer command lines have renamed the long flag.
    options.timeout_seconds.map_or(Vec::new(), |seconds| vec!["-t".to_owned(), seconds.to_string()])
}

/// Commands without options of their own.
macro_rules! plain {
    ($($endpoint:ident: $verb:literal),* $(,)?) => {
        $(
            impl AsCommand for $endpoint {
                fn command(&self, Empty {}: &Empty, (): &()) -> Vec<String> {
                    words($verb, &[], &self.container)
                }
            }
        )*
    };
}

plain! { StartContainer: "start", PauseContainer: "pause", UnpauseContainer: "unpause" }

impl AsCommand for StopContainer {
    fn command(&self, options: &StopOptions, (): &()) -> Vec<String> {
        words("stop", &waiting(*options), &self.container)
    }
}

impl AsCommand for RestartContainer {
    fn command(&self, options: &StopOptions, (): &()) -> Vec<String> {
        words("restart", &waiting(*options), &self.container)
    }
}

impl AsCommand for KillContainer {
    fn command(&self, options: &KillOptions, (): &()) -> Vec<String> {
        let signal = options.signal.as_ref().map(|signal| format!("--signal={signal}"));
        words("kill", signal.as_slice(), &self.container)
    }
}

impl AsCommand for RenameContainer {
    fn command(&self, Empty {}: &Empty, new: &NewName) -> Vec<String> {
        rename(self.container.as_str(), new.name.as_str())
    }
}

impl AsCommand for RemoveContainer {
    fn command(&self, options: &RemoveOptions, (): &()) -> Vec<String> {
        remove(*options, &[self.container.as_str()])
    }
}

impl AsCommand for CreateContainer {
    fn command(&self, options: &CreateOptions, spec: &RunSpec) -> Vec<String> {
        if options.start { run::words(spec) } else { run::create_words(spec) }
    }
}

impl AsCommand for PullImage {
    fn command(&self, Empty {}: &Empty, pull: &PullRequest) -> Vec<String> {
        let mut words = vec!["docker".to_owned(), "pull".to_owned()];
        words.extend(pull.platform.as_ref().map(|platform| format!("--platform={platform}")));
        words.push(pull.reference.to_string());
        words
    }
}

/// `docker exec -it`, as whom (empty for the container's own user); without a command, a shell that is
/// everywhere.
#[must_use]
pub fn exec(container: &str, user: &str, command: Vec<String>) -> Vec<String> {
    let mut options = vec!["-it".to_owned()];
    if !user.is_empty() {
        options.extend(["-u".to_owned(), user.to_owned()]);
    }
    let mut words = on_containers("exec", &options, &[container]);
    words.extend(if command.is_empty() { vec!["sh".to_owned()] } else { command });
    words
}

/// A command line's words, split as the server does.
#[must_use]
pub fn split_command(line: &str) -> Vec<String> {
    let first = split(line).commands.into_iter().next();
    first.map_or(Vec::new(), |command| command.words.into_iter().map(|word| word.text).collect())
}

/// `docker attach`
#[must_use]
pub fn attach(container: &str) -> Vec<String> {
    on_containers("attach", &[], &[container])
}

/// `docker start --attach`; what takes no input gets none.
#[must_use]
pub fn start_attached(container: &str) -> Vec<String> {
    on_containers("start", &["--attach".to_owned(), "--interactive".to_owned()], &[container])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<E: AsCommand>(endpoint: &E, query: &E::Query, body: &E::Body) -> String {
        endpoint.command(query, body).join(" ")
    }

    macro_rules! on {
        ($name:ident) => {
            $name { environment: "local".parse().unwrap(), container: "web".parse().unwrap() }
        };
    }

    #[test]
    fn each_action_is_its_command() {
        let soon = StopOptions { timeout_seconds: Some(3) };
        assert_eq!(said(&on!(StartContainer), &Empty {}, &()), "docker start web");
        assert_eq!(said(&on!(StopContainer), &soon, &()), "docker stop -t 3 web");
        assert_eq!(said(&on!(RestartContainer), &StopOptions::default(), &()), "docker restart web");
        let hang_up = KillOptions { signal: Some("SIGHUP".to_owned()) };
        assert_eq!(said(&on!(KillContainer), &hang_up, &()), "docker kill --signal=SIGHUP web");
        let new = NewName { name: "other".parse().unwrap() };
        assert_eq!(said(&on!(RenameContainer), &Empty {}, &new), "docker rename web other");
        let all = RemoveOptions { force: true, volumes: true };
        assert_eq!(said(&on!(RemoveContainer), &all, &()), "docker rm --force --volumes web");
    }

    #[test]
    fn a_pull_is_its_command() {
        let pull = PullImage { environment: "local".parse().unwrap() };
        let mut request = PullRequest { reference: "nginx:1".parse().unwrap(), platform: None };
        assert_eq!(said(&pull, &Empty {}, &request), "docker pull nginx:1");
        request.platform = "linux/arm64".parse().ok();
        assert_eq!(said(&pull, &Empty {}, &request), "docker pull --platform=linux/arm64 nginx:1");
    }

    #[test]
    fn names_are_names_whatever_they_hold() {
        let said = |names: &[&str]| line(&on_containers("stop", &[], names));
        assert_eq!(said(&["a", "b"]), "docker stop a b");
        assert_eq!(said(&["a b", "$(id)", "it's"]), r"docker stop 'a b' '$(id)' 'it'\''s'");
        assert_eq!(said(&["-f", "a"]), "docker stop -- -f a");
        assert_eq!(line(&remove(RemoveOptions::default(), &["--all"])), "docker rm -- --all");
        assert_eq!(line(&rename("web", "-x")), "docker rename -- web -x");
    }

    #[test]
    fn terminals_are_commands_too() {
        assert_eq!(exec("web", "", Vec::new()).join("|"), "docker|exec|-it|web|sh");
        let typed = exec("web", "root", split_command("ls -l 'a b'"));
        assert_eq!(typed.join("|"), "docker|exec|-it|-u|root|web|ls|-l|a b");
        assert_eq!(attach("web").join("|"), "docker|attach|web");
        assert_eq!(start_attached("web").join("|"), "docker|start|--attach|--interactive|web");
    }

    #[test]
    fn a_container_is_run_or_created() {
        let create = CreateContainer { environment: "local".parse().unwrap() };
        let spec = run::parse("docker run -d --name web -e 'A=it is' img x").spec;
        let run = create.command(&CreateOptions { start: true, ..CreateOptions::default() }, &spec);
        assert_eq!(run.join("|"), "docker|run|-d|--name|web|-e|A=it is|img|x");
        // `docker create` knows no `-d`: nothing is attached anyway.
        let made = create.command(&CreateOptions { start: false, ..CreateOptions::default() }, &spec);
        assert_eq!(made.join("|"), "docker|create|--name|web|-e|A=it is|img|x");
        assert_eq!(line(&run), "docker run -d --name web -e 'A=it is' img x");
    }
}
