//! Which names and passwords are refused when they are set. A password: when it is too short, too long,
//! or among the first that are guessed.
//!
//! A list of common passwords catches only what it holds, so this one is made of what common passwords
//! consist of: words, names, keyboard runs, years, repetitions, the product's and the user's own name. A
//! password is as strong as the cheapest way to put it together. No rule about kinds of characters.

use std::sync::LazyLock;

use shared::{
    policy::SecurityPolicy,
    users::{PASSWORD_MAX_BYTES, PasswordProblem, check_password, is_user_name},
};

use crate::Error;

/// Words that common passwords are made of, in lower case.
static WORDS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    include_str!("common_words.txt").split_whitespace().map(|word| word.chars().collect()).collect()
});

/// What stands side by side on a keyboard.
const ROWS: [&str; 8] =
    ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "wxcvbn"];

/// Costs are tenths of a bit of what an attacker would have to try.
type Cost = u32;
/// Refused below: a thousand million guesses, an afternoon against a stolen hash of the cheapest kind.
const LEAST: Cost = 300;
const WORD: Cost = 90;
const OWN_WORD: Cost = 20;
const VARIATION: Cost = 10;
const RUN: Cost = 60;
const REPEAT: Cost = 50;
const YEAR: Cost = 70;
const DIGIT: Cost = 33;
const LETTER: Cost = 47;
const SIGN: Cost = 40;
const AGAIN: Cost = 20;
/// Longer ones are judged by their beginning.
const LOOKED_AT: usize = 128;

/// Checks the name of a user who is to be made.
///
/// # Errors
/// [`Error::Invalid`] for the field `name`.
pub fn check_user_name(name: &str) -> Result<(), Error> {
    if is_user_name(name) {
        Ok(())
    } else {
        Err(Error::invalid("name", "a name is 1 to 64 letters, digits or _ . @ -"))
    }
}

/// Checks a password that is to be set for the user of that name, by the policy of now.
///
/// # Errors
/// [`Error::Invalid`] for the field `password`.
pub fn check_new_password(policy: &SecurityPolicy, password: &str, user_name: &str) -> Result<(), Error> {
    let least = policy.password_characters;
    let message = match check_password(password, usize::try_from(least).unwrap_or(usize::MAX)) {
        Err(PasswordProblem::TooShort) => format!("a password has at least {least} characters"),
        Err(PasswordProblem::TooLong) => format!("a password has at most {PASSWORD_MAX_BYTES} bytes"),
        Ok(()) if is_common(password, user_name, &policy.refused_words) => {
            "this password is among the first that are guessed; four unrelated words make a good one"
                .to_owned()
        }
        Ok(()) => return Ok(()),
    };
    Err(Error::invalid("password", message))
}

fn is_common(password: &str, user_name: &str, refused_words: &[String]) -> bool {
    let text: Vec<char> = password.chars().take(LOOKED_AT).collect();
    let own = own_words(user_name, refused_words);
    let whole = cheapest(&text, &own);
    let repeated = unit(&text).map(|unit| cheapest(unit, &own).saturating_add(AGAIN));
    repeated.unwrap_or(whole).min(whole) < LEAST
}

/// The product's name, the parts of the user's, and what the policy names.
fn own_words(user_name: &str, refused_words: &[String]) -> Vec<Vec<char>> {
    let name = user_name.to_lowercase();
    let parts =
        name.split(|c: char| !c.is_alphanumeric()).chain([name.as_str(), "longshore", "longshoreman"]);
    let refused = refused_words.iter().map(|word| word.to_lowercase());
    let words = parts.map(str::to_owned).chain(refused);
    words.filter(|word| word.len() >= 3).map(|word| word.chars().collect()).collect()
}

/// What the text repeats, if it is nothing but one repetition: `abab` repeats `ab`.
fn unit(text: &[char]) -> Option<&[char]> {
    (1..=text.len() / 2)
        .filter(|length| text.len().is_multiple_of(*length))
        .filter_map(|length| text.get(..length))
        .find(|unit| text.chunks(unit.len()).all(|chunk| chunk == *unit))
}

/// The cost of the cheapest way to put the text together from known parts and single characters.
fn cheapest(text: &[char], own: &[Vec<char>]) -> Cost {
    let mut best: Vec<Cost> = vec![Cost::MAX; text.len().saturating_add(1)];
    if let Some(first) = best.first_mut() {
        *first = 0;
    }
    for at in 0..text.len() {
        let so_far = best.get(at).copied().unwrap_or(Cost::MAX);
        let rest = text.get(at..).unwrap_or_default();
        for (length, cost) in parts(rest, own) {
            if let Some(place) = best.get_mut(at.saturating_add(length)) {
                *place = (*place).min(so_far.saturating_add(cost));
            }
        }
    }
    best.last().copied().unwrap_or(0)
}

/// What the text may begin with: lengths in characters, and what each costs.
fn parts(text: &[char], own: &[Vec<char>]) -> Vec<(usize, Cost)> {
    let mut parts = Vec::new();
    if let Some(first) = text.first() {
        parts.push((1, single(*first)));
    }
    let words = WORDS.iter().map(|word| (word, WORD)).chain(own.iter().map(|word| (word, OWN_WORD)));
    parts.extend(
        words.filter_map(|(word, cost)| Some((word.len(), cost.saturating_add(variation(text, word)?)))),
    );
    let mut longest = |length: usize, cost: Cost| parts.extend((3..=length).map(|length| (length, cost)));
    longest(run(text, |one, two| one == two), REPEAT);
    longest(run(text, |one, two| u32::from(one).checked_add(1) == Some(u32::from(two))), RUN);
    longest(run(text, |one, two| u32::from(one).checked_sub(1) == Some(u32::from(two))), RUN);
    for row in ROWS {
        longest(run(text, |one, two| beside(row, one, two)), RUN);
        longest(run(text, |one, two| beside(row, two, one)), RUN);
    }
    if let Some(year) = text.get(..4) {
        let year: String = year.iter().collect();
        if year.parse::<u32>().is_ok_and(|year| (1900..2100).contains(&year)) {
            parts.push((4, YEAR));
        }
    }
    parts
}

fn single(c: char) -> Cost {
    match c {
        '0'..='9' => DIGIT,
        _ if c.is_alphabetic() => LETTER,
        _ => SIGN,
    }
}

/// How many characters from the beginning follow each other so.
fn run(text: &[char], follows: impl Fn(char, char) -> bool) -> usize {
    let pairs = text.iter().zip(text.iter().skip(1));
    pairs
        .take_while(|(one, two)| follows(one.to_ascii_lowercase(), two.to_ascii_lowercase()))
        .count()
        .saturating_add(1)
}

fn beside(row: &str, one: char, two: char) -> bool {
    row.chars().zip(row.chars().skip(1)).any(|pair| pair == (one, two))
}

/// Whether the text begins with the word, and what its spelling adds: capitals, digits for letters.
fn variation(text: &[char], word: &[char]) -> Option<Cost> {
    let text = text.get(..word.len())?;
    let mut cost = 0;
    for (seen, meant) in text.iter().zip(word) {
        let lower = seen.to_lowercase().next().unwrap_or(*seen);
        if lower != *meant && !stands_for(*seen, *meant) {
            return None;
        }
        if seen != meant {
            cost = VARIATION;
        }
    }
    Some(cost)
}

fn stands_for(seen: char, meant: char) -> bool {
    matches!(
        (seen, meant),
        ('0', 'o')
            | ('1' | '!' | '|', 'i' | 'l')
            | ('3' | '€', 'e')
            | ('4' | '@', 'a')
            | ('5' | '$', 's')
            | ('7' | '+', 't')
            | ('8', 'b')
            | ('9' | '6', 'g')
            | ('2', 'z')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "password1234",
            "Password2024!",
            "P@ssw0rd1234",
            "passwordpassword",
            "qwertyuiop12",
            "qwertyuiop[]",
            "123456789012",
            "111111111111",
            "aaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababab",
            "abcdefghijklm",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "letmein123456",
            "iloveyou1234",
            "iloveyou2024",
            "Summer2024!!!",
            "administrator",
            "admin1234567",
            "welcome12345",
            "longshore2025",
            "Longshore!123",
            "dockerdocker",
            "monkeydragon12",
            "987654321098",
            "qazwsxedcrfv",
            "zxcvbnmasdfg",
            "AZERTYUIOP12",
            "trustnoone123",
            "christopher1",
            "basketball23",
            "docker-admin-1",
        ] {
            assert!(is_common(password, "ann", &[]), "{password} is taken");
        }
        assert!(is_common("a".repeat(1024).as_str(), "ann", &[]));
        assert!(is_common("persephone99", "persephone", &[]), "the user's own name");
        assert!(is_common("Jane.Doe12345", "jane.doe@example.org", &[]));
        assert!(!is_common("persephone98-hx", "ann", &[]));
    }

    #[test]
    fn what_is_not_is_taken() {
        for password in [
            "correct horse battery staple",
            "gH7#kQ2!vZ9p",
            "839104756201",
            "tjnmqrxwvbke",
            "lavender tractor owl bench",
            "mon chat mange des pâtes le jeudi",
            "пароль из четырёх слов",
            "correct-anchor-lemon",
            "🦀🚢⚓🐳🌊🧭🪝🛟🚤⛵🛶🐙",
        ] {
            assert!(!is_common(password, "ann", &[]), "{password} is refused");
        }
    }

    #[test]
    fn lengths_are_in_the_message() {
        for (password, part) in [("short".to_owned(), "12 characters"), ("ä".repeat(600), "1024 bytes")] {
            let Err(Error::Invalid { field, message }) =
                check_new_password(&SecurityPolicy::default(), &password, "ann")
            else {
                panic!("{password} is taken");
            };
            assert_eq!(field.as_deref(), Some("password"));
            assert!(message.contains(part), "{message}");
        }
        assert!(
            check_new_password(&SecurityPolicy::default(), "correct horse battery staple", "ann").is_ok()
        );
    }

    #[test]
    fn the_policy_names_words_and_the_length() {
        let policy = SecurityPolicy {
            password_characters: 20,
            refused_words: vec!["Zyxgate".to_owned()],
            ..SecurityPolicy::default()
        };
        let refused = |password: &str, part: &str| match check_new_password(&policy, password, "ann") {
            Err(Error::Invalid { message, .. }) => assert!(message.contains(part), "{message}"),
            _ => panic!("{password} is taken"),
        };
        refused("gH7#kQ2!vZ9pgH7#kQ2", "20 characters");
        refused("zyxgate-ZYXGATE-zyxgate-2025", "guessed");
        assert!(!is_common("zyxgate-ZYXGATE-zyxgate-2025", "ann", &[]), "but for the policy it would do");
        assert!(check_new_password(&policy, "lavender tractor owl bench", "ann").is_ok());
    }
}
