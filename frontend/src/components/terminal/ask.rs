//! What to run in a terminal, and the `docker` command it amounts to.

use shared::commands;

/// What a session was asked to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Program {
    /// The best shell there is.
    #[default]
    Shell,
    /// A command line.
    Command(String),
    /// The container's own process: no new one is made.
    Attach,
    /// The same, of a container that is started once it is attached to.
    Start,
}

impl Program {
    /// Whether it is the container's own process.
    pub(super) fn is_attached(&self) -> bool {
        matches!(self, Self::Attach | Self::Start)
    }
}

/// What a session was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ask {
    /// What to run.
    pub(super) program: Program,
    /// As whom; empty for the container's own user.
    pub(super) user: String,
}

impl Ask {
    /// The words of the command that does the same. `runs` is what was found to run, where that is known.
    pub(super) fn words(&self, container: &str, runs: &[String]) -> Vec<String> {
        let command = match &self.program {
            Program::Attach => return commands::attach(container),
            Program::Start => return commands::start_attached(container),
            Program::Command(line) => commands::split_command(line),
            Program::Shell => runs.to_vec(),
        };
        commands::exec(container, &self.user, command)
    }

    /// The same as a shell takes it.
    pub(super) fn command(&self, container: &str, runs: &[String]) -> String {
        commands::line(&self.words(container, runs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_does_the_same() {
        let ask = Ask::default();
        assert_eq!(ask.command("web", &[]), "docker exec -it web sh");
        assert_eq!(ask.command("web", &["/bin/bash".into()]), "docker exec -it web /bin/bash");
        let ask = Ask { program: Program::Command("psql -c 'select 1'".into()), user: "node".into() };
        assert_eq!(ask.command("web", &["psql".into()]), "docker exec -it -u node web psql -c 'select 1'");
        assert_eq!(Ask::default().command("a b", &[]), "docker exec -it 'a b' sh");
        let ask = Ask { user: "a b'c".into(), ..Ask::default() };
        assert_eq!(ask.command("web", &["it's".into()]), r"docker exec -it -u 'a b'\''c' web 'it'\''s'");
        assert_eq!(
            Ask { program: Program::Attach, ..Ask::default() }.command("web", &[]),
            "docker attach web"
        );
        assert_eq!(
            Ask { program: Program::Start, ..Ask::default() }.command("web", &[]),
            "docker start --attach --interactive web"
        );
    }
}
