//! A form's texts into a spec and back, read as the values of a pasted line are: form, parser and printer
//! cannot disagree.

use super::{
    Field, Place, RunSpec,
    flags::{self, Fate, Flag, Kind, Refusal, Values},
    note::NoteKind,
    parse::Draft,
    words::{self, quote},
};

/// What was typed for a flag; what may be given several times has several.
#[derive(Clone, Debug)]
pub struct Typed {
    /// Which.
    pub flag: &'static Flag,
    /// Its value; `true` or `false` for a switch.
    pub text: String,
}

/// What became of the texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadFields {
    /// What they amount to, without those that were not read.
    pub spec: RunSpec,
    /// Those that were not read, by their number, and why.
    pub unread: Vec<(usize, NoteKind)>,
    /// Where in the spec each stands.
    places: Vec<(Place, usize)>,
}

impl ReadFields {
    /// The number of the text that stands at a place.
    #[must_use]
    pub fn typed_at(&self, place: Place) -> Option<usize> {
        self.places.iter().find(|(other, _)| *other == place).map(|(_, number)| *number)
    }

    /// The place that a refusal names by its path: `network.ports[2]`.
    #[must_use]
    pub fn place_of(&self, path: &str) -> Option<Place> {
        let (name, index) = match path.strip_suffix(']').and_then(|path| path.split_once('[')) {
            Some((name, index)) => (name, index.parse().ok()),
            None => (path, None),
        };
        let field = Field::ALL.iter().find(|field| field.path() == name)?;
        Some(Place { field: *field, index })
    }
}

/// Reads the texts, in the order in which a command line would have them.
#[must_use]
pub fn from_fields(image: &str, command: Vec<String>, typed: &[Typed]) -> ReadFields {
    let mut draft = Draft::default();
    let mut read = ReadFields::default();
    let mut first = None;
    for (number, Typed { flag, text }) in typed.iter().enumerate() {
        let refused = match flag.fate {
            Fate::NoEffect => Some(NoteKind::NoEffect),
            Fate::YourFile => Some(NoteKind::YourFile),
            Fate::LeftOut => Some(NoteKind::LeftOut),
            Fate::Field(_) | Fate::FirstNetwork => match (flag.read)(&mut draft, text) {
                Ok(()) => None,
                Err(Refusal::Bad(reason)) => Some(NoteKind::BadValue(reason)),
                Err(Refusal::YourFile) => Some(NoteKind::YourFile),
                Err(Refusal::ShellValue) => Some(NoteKind::ShellValue),
            },
        };
        if let Some(kind) = refused {
            read.unread.push((number, kind));
            continue;
        }
        match (flag.fate, flag.kind) {
            (Fate::FirstNetwork, _) => first = first.or(Some(number)),
            (Fate::Field(field), Kind::List) => {
                let index = read.places.iter().filter(|(place, _)| place.field == field).count();
                read.places.push((field.at(index), number));
            }
            (Fate::Field(field), _) => read.places.push((field.into(), number)),
            (Fate::NoEffect | Fate::YourFile | Fate::LeftOut, _) => {}
        }
    }
    let (mut spec, merged) = draft.finish();
    if let Some(number) = first {
        if !merged {
            read.unread.push((number, NoteKind::BadValue(super::Reason::Contradiction)));
        }
        let network = Field::Networks.at(0);
        if read.typed_at(network).is_none() {
            read.places.push((network, number));
        }
    }
    image.clone_into(&mut spec.image);
    spec.command = command;
    read.spec = spec;
    read
}

/// The texts that amount to a spec.
#[must_use]
pub fn to_fields(spec: &RunSpec) -> Vec<Typed> {
    let mut typed = Vec::new();
    for flag in flags::flags() {
        let mut values = Values::default();
        (flag.write)(spec, &mut values);
        let texts = values.0.into_iter().map(|value| value.unwrap_or_else(|| "true".to_owned()));
        typed.extend(texts.map(|text| Typed { flag, text }));
    }
    typed
}

/// The words of a command as it is typed after an image.
///
/// # Errors
/// What would not belong to it in a shell: a quote that is not closed, another command, a redirection.
pub fn command_words(text: &str) -> Result<Vec<String>, NoteKind> {
    // Behind a word nothing is taken for a prompt.
    let found = words::split(&format!("run {text}"));
    if found.unclosed {
        return Err(NoteKind::UnclosedQuote);
    }
    let mut commands = found.commands.into_iter();
    let first = commands.next().unwrap_or_default();
    if commands.next().is_some() || text.trim_end().ends_with([';', '&', '|']) {
        return Err(NoteKind::OtherCommand);
    }
    if !first.redirections.is_empty() {
        return Err(NoteKind::Redirection);
    }
    Ok(first.words.into_iter().skip(1).map(|word| word.text).collect())
}

/// The same words as they are typed.
#[must_use]
pub fn command_text(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::run::{Reason, generate};

    proptest! {
        #[test]
        fn a_filled_form_is_the_spec(spec in generate::spec()) {
            let read = from_fields(&spec.image, spec.command.clone(), &to_fields(&spec));
            prop_assert_eq!(&read.unread, &[]);
            prop_assert_eq!(&read.spec, &spec);
            prop_assert_eq!(command_words(&command_text(&spec.command)), Ok(spec.command));
        }
    }

    fn typed(pairs: &[(&str, &str)]) -> Vec<Typed> {
        let flag = |name: &str| flags::by_long(name).unwrap();
        pairs.iter().map(|(name, text)| Typed { flag: flag(name), text: (*text).to_owned() }).collect()
    }

    #[test]
    fn places_skip_what_was_not_read() {
        let read =
            from_fields("i", Vec::new(), &typed(&[("publish", "80"), ("publish", "x"), ("publish", "81")]));
        assert_eq!(read.unread, [(1, NoteKind::BadValue(Reason::Port))]);
        assert_eq!(read.typed_at(Field::Ports.at(1)), Some(2));
        let place = read.place_of("network.ports[1]").unwrap();
        assert_eq!(place, Field::Ports.at(1));
        assert_eq!(read.place_of("image"), Some(Field::Image.into()));
        assert_eq!(read.place_of("no.such"), None);
    }

    #[test]
    fn the_first_network_has_a_place() {
        let read = from_fields("i", Vec::new(), &typed(&[("ip", "10.0.0.2")]));
        assert_eq!(read.typed_at(Field::Networks.at(0)), Some(0));
        let clash =
            from_fields("i", Vec::new(), &typed(&[("network", "name=a,ip=10.0.0.3"), ("ip", "10.0.0.2")]));
        assert_eq!(clash.unread, [(1, NoteKind::BadValue(Reason::Contradiction))]);
    }

    #[test]
    fn a_command_is_only_one() {
        assert_eq!(command_words("sh -c 'a && b'"), Ok(vec!["sh".into(), "-c".into(), "a && b".into()]));
        assert_eq!(command_words(""), Ok(Vec::new()));
        assert_eq!(command_words("$ x"), Ok(vec!["$".into(), "x".into()]));
        assert_eq!(command_words("a && b"), Err(NoteKind::OtherCommand));
        assert_eq!(command_words("a 'b"), Err(NoteKind::UnclosedQuote));
        assert_eq!(command_words("a > b"), Err(NoteKind::Redirection));
    }
}
