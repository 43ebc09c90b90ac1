//! The record and its script, the script by a real shell.

use std::process::Command;

use super::*;
use crate::run::parse;

fn said(words: Vec<Word>, outcome: Outcome) -> Said {
    Said { at: UnixMillis(5), environment: "local".parse().unwrap(), words, outcome }
}

fn texts() -> ScriptTexts {
    ScriptTexts {
        title: "What was done".to_owned(),
        secrets: "Fill in".to_owned(),
        failed: "failed:".to_owned(),
        unknown: "perhaps".to_owned(),
        by_hand: "by hand".to_owned(),
    }
}

/// What a script told `docker` to do, by a shell in which that prints its arguments.
fn run(script: &str, variables: &[(&str, &str)]) -> (bool, String, String) {
    let docker = "docker() { for word; do printf '[%s]' \"$word\"; done; echo; }\n";
    let output = Command::new("sh")
        .args(["-c", &format!("{docker}{script}")])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_shell_reads_each_word_as_it_was() {
    let hostile = ["it's", "a b", "$(touch /tmp/x)", "`id`", "two\nlines", "", "-x", "\\", "\"", "é;&|"];
    let words: Vec<String> = ["docker"].iter().chain(&hostile).map(|word| (*word).to_owned()).collect();
    let mut record = Record::default();
    record.push(said(plain(words), Outcome::Done));
    let (ok, out, _) = run(&record.script(&texts(), |at| at.0.to_string()), &[]);
    assert!(ok);
    assert_eq!(out, hostile.map(|word| format!("[{word}]")).concat() + "\n");
}

#[test]
fn what_failed_is_a_comment_whatever_it_holds() {
    let mut record = Record::default();
    let stop = |name: &str| plain(vec!["docker".to_owned(), "stop".to_owned(), name.to_owned()]);
    record
        .push(said(stop("gone\ndocker rm web"), Outcome::Failed("no\rdocker kill x\ndocker kill y".into())));
    record.push(said(stop("web"), Outcome::Done));
    record.push(said(plain(super::super::attach("web")), Outcome::ByHand));
    let script = record.script(&texts(), |at| format!("at {}\ndocker kill z", at.0));
    let (ok, out, _) = run(&script, &[]);
    assert!(ok, "{script}");
    assert_eq!(out, "[stop][web]\n");
    assert!(script.contains("# docker attach web\n"), "{script}");
}

#[test]
fn a_job_is_run_until_it_is_heard_that_it_failed() {
    let pull = |image: &str| plain(vec!["docker".to_owned(), "pull".to_owned(), image.to_owned()]);
    let mut record = Record::default();
    for (image, job) in [("a", 1), ("b", 2), ("c", 3)] {
        record.push(said(pull(image), Outcome::Begun(JobId(job))));
    }
    assert!(record.settle(JobId(1), &Outcome::Done));
    assert!(record.settle(JobId(2), &Outcome::Failed("no such image".to_owned())));
    assert!(!record.settle(JobId(2), &Outcome::Done), "it was heard already");
    let (ok, out, _) = run(&record.script(&texts(), |at| at.0.to_string()), &[]);
    assert!(ok);
    assert_eq!(out, "[pull][a]\n[pull][c]\n");
}

#[test]
fn what_is_not_kept_must_be_given() {
    let spec = parse("docker run -d -e TOKEN=canary -e 'odd name=canary' -e=-x=canary img").spec;
    let commands = creation(&spec, "web", Verb::Run, Secrets::Hidden);
    let mut record = Record::default();
    for words in commands {
        record.push(said(words, Outcome::Done));
    }
    let script = record.script(&texts(), |at| at.0.to_string());
    let shown = shown(&spec, Verb::Run, Secrets::Hidden);
    assert_eq!(shown, "docker run -d -e TOKEN=***** -e 'odd name='***** --env=-x=***** img");
    assert!(!script.contains("canary") && !format!("{record:?}").contains("canary"));
    let (ok, out, errors) = run(&script, &[("SECRET_1", "a")]);
    assert!(!ok && out.is_empty());
    assert_eq!(errors, "SECRET_2: odd name: web\n");
    let given = [("SECRET_1", "it's $HOME"), ("SECRET_2", ""), ("SECRET_3", "b c")];
    let (ok, out, _) = run(&script, &given);
    assert!(ok);
    assert_eq!(out, "[run][-d][--name][web][-e][TOKEN=it's $HOME][-e][odd name=][--env=-x=b c][img]\n");
}

#[test]
fn what_stays_attached_is_made_and_started() {
    let lines = |line: &str, verb: Verb| {
        let spec = parse(line).spec;
        creation(&spec, "made_up", verb, Secrets::Kept)
            .into_iter()
            .map(|words| said(words, Outcome::Done).line())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines("docker run -d -e A=1 img", Verb::Run), ["docker run -d --name made_up -e A=1 img"]);
    assert_eq!(
        lines("docker run -it --rm img sh", Verb::Run),
        ["docker create -it --rm --name made_up img sh", "docker start made_up"]
    );
    assert_eq!(lines("docker run -d img", Verb::Create), ["docker create --name made_up img"]);
}

#[test]
fn the_oldest_go() {
    let mut record = Record::default();
    for number in 0..MOST + 3 {
        record.push(said(plain(vec![number.to_string()]), Outcome::Done));
    }
    assert_eq!((record.said.len(), record.left_out), (MOST, 3));
    assert_eq!(record.said.front().map(Said::line).as_deref(), Some("3"));
    record.push(said(plain(vec!["x".repeat(MOST_BYTES - 10)]), Outcome::Done));
    assert!(record.said.iter().map(Said::size).sum::<usize>() <= MOST_BYTES);
    assert_eq!(record.left_out + record.said.len() as u64, MOST as u64 + 4);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
}
