//! What to run in a terminal, and the `docker` command it amounts to.

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
    /// The command that does the same. `runs` is what was found to run, where that is known.
    pub(super) fn command(&self, container: &str, runs: &[String]) -> String {
        if self.program == Program::Attach {
            return format!("docker attach {container}");
        }
        let mut command = "docker exec -it".to_owned();
        if !self.user.is_empty() {
            command.push_str(" -u ");
            command.push_str(&quoted(&self.user));
        }
        command.push(' ');
        command.push_str(container);
        match &self.program {
            Program::Command(line) => {
                command.push(' ');
                command.push_str(line);
            }
            Program::Shell | Program::Attach if runs.is_empty() => command.push_str(" sh"),
            Program::Shell | Program::Attach => {
                for word in runs {
                    command.push(' ');
                    command.push_str(&quoted(word));
                }
            }
        }
        command
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-./:=@%+,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
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
        let ask = Ask { user: "a b'c".into(), ..Ask::default() };
        assert_eq!(ask.command("web", &["it's".into()]), r"docker exec -it -u 'a b'\''c' web 'it'\''s'");
        assert_eq!(
            Ask { program: Program::Attach, ..Ask::default() }.command("web", &[]),
            "docker attach web"
        );
    }
}
