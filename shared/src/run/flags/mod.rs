//! The flags of `docker run`, once: how each is spelled, what it holds, where it belongs in the form, how it
//! is read and printed. Parser, printer and form read this table.
//!
//! Texts are not here: a flag's words in the person's language stand under its key in the locales.

mod general;
mod machine;
mod network;
mod resources;
mod security;

use super::{Field, Reason, RunSpec, amounts::boolean, parse::Draft};

/// A part of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Name, image, life.
    General,
    /// Command, entrypoint, user, folder.
    Command,
    /// Published and exposed ports.
    Ports,
    /// Volumes, folders, memory.
    Volumes,
    /// Variables.
    Environment,
    /// Networks and names.
    Network,
    /// Limits.
    Resources,
    /// The health check.
    Health,
    /// When it starts again, how it is stopped.
    Restart,
    /// Rights, namespaces, devices.
    Security,
    /// Log driver.
    Logging,
}

/// What follows a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing, or `=true` and `=false`.
    Switch,
    /// One value; given again, the last counts.
    Value,
    /// One value each time.
    List,
}

/// What becomes of a flag that is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is a field of the spec.
    Field(Field),
    /// It fills a part of the first network.
    FirstNetwork,
    /// It concerns the command line itself, and has no effect here.
    NoEffect,
    /// It names a file on the machine of the command line.
    YourFile,
    /// It is not taken over.
    LeftOut,
}

/// Whether a flag needs host access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Never.
    Inside,
    /// With some values: a folder of the host, a port below 1024.
    Sometimes,
    /// Always.
    Host,
}

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is wrong.
    Bad(Reason),
    /// It names a file on the machine of the command line.
    YourFile,
    /// The value would come from the shell's own variable.
    ShellValue,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self::Bad(reason)
    }
}

type Read = fn(&mut Draft, &str) -> Result<(), Refusal>;
type Write = fn(&RunSpec, &mut Values);

/// One flag of `docker run`.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// `publish`, without its dashes.
    pub long: &'static str,
    /// `p`.
    pub short: Option<char>,
    /// Other long names, which the command line takes and does not show.
    pub aliases: &'static [&'static str],
    /// What follows.
    pub kind: Kind,
    /// Where it belongs in the form.
    pub section: Section,
    /// What becomes of it.
    pub fate: Fate,
    /// Whether it needs host access.
    pub reach: Reach,
    described: bool,
    pub(super) read: Read,
    pub(super) write: Write,
}

impl Flag {
    const fn of(
        section: Section,
        field: Field,
        kind: Kind,
        long: &'static str,
        read: Read,
        write: Write,
    ) -> Self {
        Self {
            long,
            short: None,
            aliases: &[],
            kind,
            section,
            fate: Fate::Field(field),
            reach: Reach::Inside,
            described: false,
            read,
            write,
        }
    }

    /// A flag that fills no field.
    const fn without(section: Section, fate: Fate, kind: Kind, long: &'static str) -> Self {
        let mut flag = Self::of(section, Field::Image, kind, long, |_, _| Ok(()), |_, _| ());
        flag.fate = fate;
        flag
    }

    const fn short(mut self, short: char) -> Self {
        self.short = Some(short);
        self
    }

    const fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Docker's reference has a paragraph of its own for it.
    const fn described(mut self) -> Self {
        self.described = true;
        self
    }

    /// Docker's reference, at this flag.
    #[must_use]
    pub fn reference(&self) -> String {
        const PAGE: &str = "https://docs.docker.com/reference/cli/docker/container/run/";
        format!("{PAGE}#{}", if self.described { self.long } else { "options" })
    }

    /// The name of its text in the locales: `cap_add`.
    #[must_use]
    pub fn key(&self) -> String {
        self.long.replace('-', "_")
    }

    /// The field it fills.
    #[must_use]
    pub fn field(&self) -> Option<Field> {
        match self.fate {
            Fate::Field(field) => Some(field),
            Fate::FirstNetwork => Some(Field::Networks),
            Fate::NoEffect | Fate::YourFile | Fate::LeftOut => None,
        }
    }
}

/// All flags, in the order in which they are printed.
pub fn flags() -> impl Iterator<Item = &'static Flag> {
    [general::FLAGS, network::FLAGS, machine::FLAGS, resources::FLAGS, security::FLAGS].into_iter().flatten()
}

/// The flag of that long name.
#[must_use]
pub fn by_long(name: &str) -> Option<&'static Flag> {
    flags().find(|flag| flag.long == name || flag.aliases.contains(&name))
}

/// The flag of that letter.
#[must_use]
pub fn by_short(letter: char) -> Option<&'static Flag> {
    flags().find(|flag| flag.short == Some(letter))
}

/// The flag that fills that field.
#[must_use]
pub fn by_field(field: Field) -> Option<&'static Flag> {
    flags().find(|flag| flag.fate == Fate::Field(field))
}

/// The values that a flag prints: `None` for a switch that is on.
#[derive(Debug, Default)]
pub(super) struct Values(pub(super) Vec<Option<String>>);

impl Values {
    fn switch(&mut self, on: bool) {
        if on {
            self.0.push(None);
        }
    }

    fn one<T: std::fmt::Display>(&mut self, value: Option<&T>) {
        self.0.extend(value.map(|value| Some(value.to_string())));
    }

    fn many<T: std::fmt::Display>(&mut self, values: &[T]) {
        self.0.extend(values.iter().map(|value| Some(value.to_string())));
    }
}

fn one<T: std::str::FromStr<Err = Reason>>(slot: &mut Option<T>, text: &str) -> Result<(), Refusal> {
    *slot = Some(text.parse()?);
    Ok(())
}

fn text(slot: &mut Option<String>, text: &str) -> Result<(), Refusal> {
    *slot = Some(text.to_owned());
    Ok(())
}

fn many<T: std::str::FromStr<Err = Reason>>(list: &mut Vec<T>, text: &str) -> Result<(), Refusal> {
    list.push(text.parse()?);
    Ok(())
}

fn texts(list: &mut Vec<String>, text: &str) -> Result<(), Refusal> {
    list.push(text.to_owned());
    Ok(())
}

fn number<N: std::str::FromStr>(slot: &mut Option<N>, text: &str) -> Result<(), Refusal> {
    *slot = Some(super::amounts::integer(text)?);
    Ok(())
}

fn switch(slot: &mut bool, text: &str) -> Result<(), Refusal> {
    *slot = boolean(text)?;
    Ok(())
}

/// What a value without `=` is told that must have one.
fn bad_pair() -> Refusal {
    Refusal::Bad(Reason::Form("NAME=VALUE"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names = HashSet::new();
        let mut letters = HashSet::new();
        for flag in flags() {
            for name in std::iter::once(&flag.long).chain(flag.aliases) {
                assert!(names.insert(*name), "--{name}");
            }
            assert!(flag.short.is_none_or(|letter| letters.insert(letter)), "--{}", flag.long);
        }
    }

    #[test]
    fn every_field_but_image_and_command_has_its_flag() {
        for field in Field::ALL {
            let flag = by_field(*field);
            assert_eq!(flag.is_some(), !matches!(field, Field::Image | Field::Command), "{field:?}");
        }
    }
}
