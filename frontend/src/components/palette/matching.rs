//! How well a text answers what was typed. Pure, and cheap enough for a thousand texts a key press.
//!
//! Every typed word must be found: at the start of a word of the text, inside one, or (from two letters on)
//! letter by letter in their order. Case and accents do not matter.

use std::ops::Range;

/// A text, folded once so that each key press only compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    words: Vec<Vec<char>>,
}

/// A text that is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hay {
    text: String,
    letters: Vec<Letter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letter {
    folded: char,
    at: usize,
    starts_word: bool,
}

/// A text that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// More is better.
    pub score: i32,
    /// What was found, as ranges of bytes in the text, in order and apart.
    pub ranges: Vec<Range<usize>>,
}

/// What a word is worth, and where it stands.
type FoundWord = (i32, Vec<Range<usize>>);

const AT_START: i32 = 100;
const AT_WORD: i32 = 80;
const INSIDE: i32 = 50;
const SCATTERED: i32 = 24;

impl Needle {
    /// What was typed, as words.
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self { words: typed.split_whitespace().map(|word| word.chars().map(fold).collect()).collect() }
    }

    /// Nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words that begin a word of `hay`, and the rest: a verb and what it is for.
    #[must_use]
    pub fn split_by(&self, hay: &Hay) -> (Self, Self) {
        let (begins, rest) = self.words.iter().cloned().partition(|word| hay.begins_word(word));
        (Self { words: begins }, Self { words: rest })
    }
}

impl Hay {
    /// A text to be searched.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let mut letters = Vec::with_capacity(text.len());
        let mut before: Option<char> = None;
        for (at, letter) in text.char_indices() {
            let starts_word = letter.is_alphanumeric()
                && before.is_none_or(|before| {
                    !before.is_alphanumeric()
                        || (before.is_lowercase() && letter.is_uppercase())
                        || (before.is_alphabetic() && letter.is_numeric())
                });
            letters.push(Letter { folded: fold(letter), at, starts_word });
            before = Some(letter);
        }
        Self { text, letters }
    }

    /// How well the text answers; absent when a word is not in it. An empty needle is in every text.
    #[must_use]
    pub fn find(&self, needle: &Needle) -> Option<Hit> {
        self.hit(needle, |word| self.find_word(word).or_else(|| self.scattered(word)))
    }

    /// The same, but each word stands there letter beside letter: for what is done when Enter is pressed, a
    /// guess is not good enough.
    #[must_use]
    pub fn find_plainly(&self, needle: &Needle) -> Option<Hit> {
        self.hit(needle, |word| self.find_word(word))
    }

    fn hit(&self, needle: &Needle, find: impl Fn(&[char]) -> Option<FoundWord>) -> Option<Hit> {
        let mut score = 0;
        let mut ranges = Vec::new();
        for word in &needle.words {
            let (points, mut found) = find(word)?;
            score += points;
            ranges.append(&mut found);
        }
        let length = i32::try_from(self.letters.len()).unwrap_or(i32::MAX);
        Some(Hit { score: score.saturating_sub(length / 4), ranges: joined(ranges) })
    }

    fn begins_word(&self, word: &[char]) -> bool {
        self.places(word).any(|start| self.letters.get(start).is_some_and(|letter| letter.starts_word))
    }

    /// Where the letters of the word stand side by side.
    fn places<'a>(&'a self, word: &'a [char]) -> impl Iterator<Item = usize> + 'a {
        self.letters
            .windows(word.len().max(1))
            .enumerate()
            .filter(|(_, window)| window.iter().map(|letter| letter.folded).eq(word.iter().copied()))
            .map(|(start, _)| start)
    }

    fn find_word(&self, word: &[char]) -> Option<FoundWord> {
        let best = self
            .places(word)
            .map(|start| {
                let points = match self.letters.get(start) {
                    _ if start == 0 => AT_START,
                    Some(letter) if letter.starts_word => AT_WORD,
                    _ => INSIDE,
                };
                (points, start)
            })
            .max_by_key(|(points, start)| (*points, usize::MAX - start));
        best.map(|(points, start)| (points, vec![self.bytes(start, start + word.len())]))
    }

    /// The word's letters in their order, with others between; the first must begin a word.
    fn scattered(&self, word: &[char]) -> Option<FoundWord> {
        if word.len() < 2 {
            return None;
        }
        let first = *word.first()?;
        let starts = self.letters.iter().enumerate();
        starts
            .filter(|(_, letter)| letter.starts_word && letter.folded == first)
            .filter_map(|(start, _)| self.scattered_from(start, word))
            .max_by_key(|(points, _)| *points)
    }

    fn scattered_from(&self, start: usize, word: &[char]) -> Option<FoundWord> {
        let mut rest = word.iter().copied().peekable();
        let mut ranges = Vec::new();
        let mut gap = 0_i32;
        for (index, letter) in self.letters.iter().enumerate().skip(start) {
            match rest.peek() {
                None => break,
                Some(wanted) if *wanted == letter.folded => {
                    rest.next();
                    ranges.push(self.bytes(index, index + 1));
                }
                // A jump to the next word's beginning is how people shorten names.
                Some(_) => gap += 1,
            }
        }
        rest.peek().is_none().then_some(((SCATTERED - gap).max(1), ranges))
    }

    fn bytes(&self, from: usize, to: usize) -> Range<usize> {
        let at = |index: usize| self.letters.get(index).map_or(self.text.len(), |letter| letter.at);
        at(from)..at(to)
    }
}

/// Cuts a text along the ranges: its parts in order, and whether each was found.
#[must_use]
pub fn parts<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<(&'a str, bool)> {
    let mut parts = Vec::new();
    let mut from = 0;
    for range in ranges {
        if let (Some(before), Some(found)) = (text.get(from..range.start), text.get(range.clone())) {
            if !before.is_empty() {
                parts.push((before, false));
            }
            parts.push((found, true));
            from = range.end;
        }
    }
    if let Some(rest) = text.get(from..).filter(|rest| !rest.is_empty()) {
        parts.push((rest, false));
    }
    parts
}

fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// Lower case, without the accents of French: `Aperçu` is found by `apercu`.
fn fold(letter: char) -> char {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ÿ' => 'y',
        'œ' => 'o',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str, text: &str) -> Option<String> {
        let hit = Hay::new(text).find(&Needle::new(typed))?;
        Some(
            parts(text, &hit.ranges)
                .into_iter()
                .map(|(part, is)| if is { format!("[{part}]") } else { part.into() })
                .collect(),
        )
    }

    #[test]
    fn every_word_must_be_there() {
        assert_eq!(found("web api", "webshop-api-1").as_deref(), Some("[web]shop-[api]-1"));
        assert_eq!(found("api web", "webshop-api-1").as_deref(), Some("[web]shop-[api]-1"));
        assert_eq!(found("web db", "webshop-api-1"), None);
        assert_eq!(found("", "webshop").as_deref(), Some("webshop"));
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(found("apercu", "Aperçu").as_deref(), Some("[Aperçu]"));
        assert_eq!(found("WEB", "web").as_deref(), Some("[web]"));
        assert_eq!(found("redé", "Redémarrer").as_deref(), Some("[Redé]marrer"));
    }

    #[test]
    fn letters_in_their_order_are_found_too() {
        assert_eq!(found("wsa", "webshop-api-1").as_deref(), Some("[w]eb[s]hop-[a]pi-1"));
        assert_eq!(found("bsa", "webshop-api-1"), None, "the first letter begins a word");
        assert_eq!(found("x", "nginx").as_deref(), Some("ngin[x]"));
    }

    #[test]
    fn plainly_is_letter_beside_letter() {
        let hay = Hay::new("pg-web nginx:1.22 pgshop");
        assert!(hay.find(&Needle::new("pg-big")).is_some());
        assert_eq!(hay.find_plainly(&Needle::new("pg-big")), None);
        assert!(hay.find_plainly(&Needle::new("web pg")).is_some());
    }

    #[test]
    fn the_better_place_wins() {
        let score = |typed: &str, text: &str| Hay::new(text).find(&Needle::new(typed)).unwrap().score;
        assert!(score("web", "web-1") > score("web", "my-web-1"));
        assert!(score("web", "my-web-1") > score("web", "myweb-1"));
        assert!(score("web", "myweb-1") > score("web", "w-e-b"));
        assert!(score("web", "web") > score("web", "webshop-storefront-1"));
    }

    #[test]
    fn a_verb_is_told_from_its_object() {
        let verb = Hay::new("Restart");
        let (begins, rest) = Needle::new("web res").split_by(&verb);
        assert_eq!(begins, Needle::new("res"));
        assert_eq!(rest, Needle::new("web"));
    }

    #[test]
    fn odd_texts_do_no_harm() {
        for text in ["", "é", "İstanbul", "🚢 ship", "--__--"] {
            for typed in ["a", "é", "🚢", "İ", "-- __"] {
                let hit = Hay::new(text).find(&Needle::new(typed));
                let whole: String = hit.map_or(text.to_owned(), |hit| {
                    parts(text, &hit.ranges).into_iter().map(|(part, _)| part).collect()
                });
                assert_eq!(whole, text);
            }
        }
    }
}
