//! Parser and printer together: what is printed is read back, and real lines are read as Docker reads them.

use proptest::prelude::*;

use super::{
    Key, NoteKind, Parsed, Reason, Restart, RunSpec, Volume, arguments, flags, generate, host_needs, line,
    lines, parse, words::Unknown,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_printed_is_read_back(spec in generate::spec()) {
        let printed = line(&spec);
        prop_assert_eq!(parse(&printed), Parsed { spec: spec.clone(), notes: Vec::new() }, "{}", printed);
        let printed = lines(&spec);
        prop_assert_eq!(parse(&printed), Parsed { spec: spec.clone(), notes: Vec::new() }, "{}", printed);
    }

    #[test]
    fn every_spec_crosses_the_wire(spec in generate::spec()) {
        let json = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(serde_json::from_str::<RunSpec>(&json).unwrap(), spec);
    }

    #[test]
    fn the_table_marks_what_needs_host_access(spec in generate::spec()) {
        for need in host_needs(&spec) {
            let flag = flags::by_field(need.place.field).unwrap();
            prop_assert_ne!(flag.reach, flags::Reach::Inside, "--{}", flag.long);
        }
    }

    #[test]
    fn any_text_is_parsed(text in any::<String>()) {
        let _ = parse(&text);
        let _ = parse(&format!("docker run {text}"));
    }
}

fn read(text: &str) -> RunSpec {
    let Parsed { spec, notes } = parse(text);
    assert_eq!(notes, [], "{text}");
    spec
}

fn notes(text: &str) -> Vec<(NoteKind, String)> {
    parse(text).notes.into_iter().map(|note| (note.kind, note.words)).collect()
}

#[test]
fn the_ways_to_say_it() {
    let wanted = read("docker run --detach --interactive --tty --publish 80:80 --env A=b img cmd -d");
    for text in [
        "docker run -dit -p80:80 -eA=b img cmd -d",
        "sudo docker container run -d -it -p=80:80 -e=A=b img cmd -d",
        "$ docker run \\\n  -itd \\\n  -p 80:80 \\\n  -e 'A=b' \\\n  img cmd -d\n",
        "# podman run -d=true -i --tty=1 -p 0.0.0.0:80:80 -e A=b -- img cmd -d",
        "docker create --detach -it --publish=published=80,target=80 --env=A=b img cmd -d",
    ] {
        let mut spec = read(text);
        spec.network.ports.iter_mut().for_each(|port| port.host_ip = None);
        assert_eq!(spec, wanted, "{text}");
    }
    assert_eq!(wanted.command, ["cmd", "-d"]);
    assert!(!read("docker run --rm=false img").general.auto_remove);
    assert_eq!(read("docker run --init=false img").general.init, Some(false));
    assert_eq!(
        read("docker run --restart on-failure:3 i").general.restart,
        Restart::OnFailure { max_retries: Some(3) }
    );
}

#[test]
fn older_flags_fill_the_first_network() {
    let spec =
        read("docker run --net a --network b --net-alias x --ip 10.0.0.2 --mac-address 92-d0-c6-0a-29-33 i");
    let same =
        read("docker run --network name=a,alias=x,ip=10.0.0.2,mac-address=92:D0:C6:0A:29:33 --network b i");
    assert_eq!(spec, same);
    let alone = read("docker run --mac-address 92:d0:c6:0a:29:33 i");
    assert_eq!(alone.network.networks[0].name.as_str(), "default");
    assert_eq!(
        notes("docker run --network name=a,ip=10.0.0.2 --ip 10.0.0.3 i"),
        [(NoteKind::BadValue(Reason::Contradiction), "--ip 10.0.0.3".to_owned())]
    );
}

#[test]
fn nothing_is_dropped_silently() {
    let text = "FOO=1 sudo -u me docker -H tcp://h --debug run --env-file x.env -e HOME -e A=$B -p abc \
        --sig-proxy --nope --pod mine --name a --name b --cidfile=f --use-api-socket -v ~/x:/x \
        --security-opt seccomp=p.json img | tee log";
    let owned = |pairs: &[(NoteKind, &str)]| {
        pairs.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(
        notes(text),
        owned(&[
            (NoteKind::Prefix, "FOO=1"),
            (NoteKind::Prefix, "-u me"),
            (NoteKind::GlobalOption, "-H tcp://h"),
            (NoteKind::GlobalOption, "--debug"),
            (NoteKind::YourFile, "--env-file x.env"),
            (NoteKind::ShellValue, "-e HOME"),
            (NoteKind::NotKnownHere(Unknown::Variable), "-e A=$B"),
            (NoteKind::BadValue(Reason::Port), "-p abc"),
            (NoteKind::NoEffect, "--sig-proxy"),
            (NoteKind::UnknownFlag, "--nope"),
            (NoteKind::UnknownFlag, "--pod mine"),
            (NoteKind::Overridden, "--name a"),
            (NoteKind::YourFile, "--cidfile=f"),
            (NoteKind::LeftOut, "--use-api-socket"),
            (NoteKind::NotKnownHere(Unknown::Home), "-v ~/x:/x"),
            (NoteKind::YourFile, "--security-opt seccomp=p.json"),
            (NoteKind::OtherCommand, "tee log"),
        ])
    );
    let spec = parse(text).spec;
    assert_eq!(spec.general.name.as_deref(), Some("b"));
    assert_eq!(spec.process.env[0].value, "$B");
    assert_eq!(spec.storage.volumes, []);
    assert_eq!(
        notes("docker run --name"),
        owned(&[(NoteKind::MissingValue, "--name"), (NoteKind::MissingImage, "")])
    );
    assert_eq!(notes("ls -l"), owned(&[(NoteKind::NotDockerRun, "ls -l")]));
    assert_eq!(notes("docker run \u{2014}rm i"), owned(&[(NoteKind::UnknownFlag, "\u{2014}rm")]));
    assert_eq!(notes("docker run i 'x"), owned(&[(NoteKind::UnclosedQuote, "'x")]));
    assert_eq!(notes("docker run i > f"), owned(&[(NoteKind::Redirection, "> f")]));
    assert_eq!(
        notes("docker run -v ./a:/a i"),
        owned(&[(NoteKind::BadValue(Reason::AbsolutePath), "-v ./a:/a")])
    );
    assert_eq!(notes("docker pull i\ndocker run i"), owned(&[(NoteKind::OtherCommand, "docker pull i")]));
}

#[test]
fn printed_as_people_write_it() {
    let spec = read(
        "docker run -d --name photos -p 2283:2283 -p 127.0.0.1:8081:8081 -v photos-library:/usr/src/app/upload \
         -v /etc/localtime:/etc/localtime:ro --privileged --restart unless-stopped ghcr.io/x/y:v1 serve 'a b'",
    );
    assert_eq!(
        line(&spec),
        "docker run -d --name photos --restart unless-stopped -p 2283:2283 -p 127.0.0.1:8081:8081 \
         -v photos-library:/usr/src/app/upload -v /etc/localtime:/etc/localtime:ro --privileged ghcr.io/x/y:v1 \
         serve 'a b'"
    );
    assert!(lines(&spec).starts_with("docker run \\\n  -d \\\n  --name photos \\\n"));
    assert_eq!(line(&read("docker run -t -i x")), "docker run -it x");
    assert_eq!(arguments(&read("docker run -e=-A=1 x"))[0].words, ["--env=-A=1"]);
    assert!(matches!(spec.storage.volumes[1], Volume::Host { .. }));
}

#[test]
fn duplicates_and_unknown_fields_are_refused() {
    for (json, words) in [
        (r#"{"image":"a","image":"b"}"#, "duplicate field `image`"),
        (r#"{"image":"a","Image":"b"}"#, "unknown field `Image`"),
        (
            r#"{"image":"a","security":{"privileged":false,"privileged":true}}"#,
            "duplicate field `privileged`",
        ),
        (r#"{"image":"a","security":{"Privileged":true}}"#, "unknown field `Privileged`"),
        (
            r#"{"image":"a","storage":{"volumes":[{"kind":"anonymous","target":"/a","path":"/"}]}}"#,
            "unknown field `path`",
        ),
        (
            r#"{"image":"a","storage":{"mounts":[{"target":"/a","kind":{"type":"bind","source":"a","source":"b"}}]}}"#,
            "duplicate field `source`",
        ),
        (r#"{"image":"a","general":{"restart":{"on_failure":{"max":1}}}}"#, "unknown field `max`"),
        (r#"{"image":"a","process":{"env":[{"name":"a=b","value":""}]}}"#, "the form is NAME=VALUE"),
    ] {
        let error = serde_json::from_str::<RunSpec>(json).unwrap_err().to_string();
        assert!(error.contains(words), "{json}: {error}");
    }
    assert!("a=b".parse::<Key>().is_err());
}
