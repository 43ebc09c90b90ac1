//! Shell lines, word by word.

use proptest::prelude::*;

use super::*;

fn texts(line: &str) -> Vec<String> {
    let mut found = split(line);
    assert_eq!(found.commands.len(), 1, "{line}");
    found.commands.remove(0).words.into_iter().map(|word| word.text).collect()
}

#[test]
fn quoting_of_a_shell() {
    assert_eq!(texts(r#"a 'b c' "d \"e\" \$f" g\ h i""j"#), ["a", "b c", "d \"e\" $f", "g h", "ij"]);
    assert_eq!(texts("a \\\n  b\\\nc"), ["a", "bc"]);
    assert_eq!(texts("a \\  \n  b"), ["a", "b"]);
    assert_eq!(texts("a `\n b ^\n c"), ["a", "b", "c"]);
    assert_eq!(texts(r"$'a\tb\x41\'' c"), ["a\tbA'", "c"]);
    assert_eq!(texts("a '' \"\" # b"), ["a", "", ""]);
    assert_eq!(texts("a#b"), ["a#b"]);
    assert_eq!(texts("$ docker x"), ["docker", "x"]);
    assert_eq!(texts("# docker x"), ["docker", "x"]);
}

#[test]
fn what_only_the_shell_knows_is_named() {
    let unknown = |text: &str| split(text).commands.remove(0).words.remove(0).unknown;
    assert_eq!(unknown("$HOME/x"), [Unknown::Variable]);
    assert_eq!(unknown("\"${A:-b}\""), [Unknown::Variable]);
    assert_eq!(unknown("$(pwd):/x"), [Unknown::Substitution]);
    assert_eq!(unknown("`pwd`"), [Unknown::Substitution]);
    assert_eq!(unknown("~/x"), [Unknown::Home]);
    assert_eq!(unknown("*.txt"), [Unknown::Pattern]);
    assert_eq!(unknown("{a,b}"), [Unknown::Pattern]);
    for plain in ["'$HOME'", "\\$x", "'*'", "[::1]:80", "a~b", "{{.ID}}", "\"*\"", "$"] {
        assert_eq!(unknown(plain), [], "{plain}");
    }
    assert_eq!(texts("$(a (b) c)x d"), ["$(a (b) c)x", "d"]);
}

#[test]
fn commands_and_redirections() {
    let found = split("a b > out.txt 2>&1 c | d && e");
    let sources: Vec<_> = found.commands.iter().map(|command| command.source.as_str()).collect();
    assert_eq!(sources, ["a b > out.txt 2>&1 c", "d", "e"]);
    assert_eq!(found.commands[0].redirections, ["> out.txt", "2>&1"]);
    assert_eq!(found.commands[0].words.len(), 3);
    assert!(split("a 'b").unclosed);
}

proptest! {
    #[test]
    fn quoted_words_come_back(words in prop::collection::vec(any::<String>(), 1..5)) {
        let line = words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
        let found = split(&line);
        prop_assert!(!found.unclosed);
        prop_assert_eq!(found.commands.len(), 1);
        let back: Vec<_> = found.commands[0].words.iter().map(|word| word.text.clone()).collect();
        prop_assert_eq!(back, words);
        prop_assert!(found.commands[0].words.iter().all(|word| word.unknown.is_empty()));
    }

    #[test]
    fn any_text_is_split(text in any::<String>()) {
        let _ = split(&text);
    }
}
