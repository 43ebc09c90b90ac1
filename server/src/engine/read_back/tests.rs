//! What engines tell, read back. That a container made of it is the same is tried on a real engine.

use serde_json::json;
use shared::run::{RunSpec, line};

use super::*;

fn existing(container: &Value, image: Option<&Value>, masked: bool) -> ExistingSpec {
    let names = |id: &str| (id == "abc").then(|| "other".to_owned());
    read(container, image, &EngineFacts::default(), masked, &names)
}

fn said(spec: &RunSpec) -> String {
    line(spec)
}

fn image() -> Value {
    json!({
        "Id": "sha256:beef", "RepoTags": ["nginx:1.22"],
        "Config": {
            "Env": ["PATH=/bin", "VERSION=1"], "Cmd": ["serve"], "Entrypoint": ["/entry", "-x"],
            "ExposedPorts": {"80/tcp": {}}, "Labels": {"vendor": "x"}, "WorkingDir": "/app", "User": "web",
            "Volumes": {"/data": {}}, "StopSignal": "SIGQUIT",
            "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 5}
        }
    })
}

/// A container of that image, with changes.
fn container(config: Value) -> Value {
    let mut whole = image()["Config"].clone();
    whole["Image"] = Value::from("nginx:1.22");
    whole.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
    json!({ "Id": "0123456789abcdef", "Config": whole, "HostConfig": {} })
}

#[test]
fn what_the_image_has_is_left_out() {
    let read = existing(&container(json!({ "Hostname": "0123456789ab" })), Some(&image()), false);
    assert_eq!(said(&read.spec), "docker run -d nginx:1.22");
    assert_eq!((read.hidden.as_slice(), read.unsaid.as_slice()), ([].as_slice(), [].as_slice()));
}

#[test]
fn a_masked_value_is_nowhere() {
    let env = json!({ "Env": ["PATH=/bin", "VERSION=2", "TOKEN=canary=1", "EMPTY="] });
    let read = existing(&container(env.clone()), Some(&image()), true);
    assert_eq!(read.hidden, ["VERSION", "TOKEN", "EMPTY"]);
    assert!(!serde_json::to_string(&read).unwrap().contains("canary"));
    assert_eq!(said(&read.spec), "docker run -d nginx:1.22");
    let open = existing(&container(env), Some(&image()), false);
    assert_eq!(said(&open.spec), "docker run -d -e VERSION=2 -e TOKEN=canary=1 -e EMPTY= nginx:1.22");
}

#[test]
fn what_no_flag_says_is_named() {
    let changed = json!({
        "Env": ["PATH=/bin"], "Entrypoint": ["/run", "a b"], "Cmd": ["c"],
        "Healthcheck": {"Test": ["CMD", "check", "it's"], "Interval": 5}
    });
    let read = existing(&container(changed), Some(&image()), false);
    assert_eq!(
        read.unsaid,
        [
            Unsaid::NoVariable { name: "VERSION".to_owned() },
            Unsaid::HealthWords { command: r"check 'it'\''s'".to_owned() },
            Unsaid::EntrypointWords,
        ]
    );
    assert_eq!(read.spec.command, ["a b", "c"]);
    let mut odd = container(json!({}));
    odd["HostConfig"]["LogConfig"] = json!({ "Type": "json-file", "Config": {"": "x"} });
    odd["HostConfig"]["Ulimits"] = json!([{ "Name": "", "Soft": 1, "Hard": 2 }]);
    let read = existing(&odd, Some(&image()), false);
    let ulimit = Unsaid::Value { flag: "ulimit".to_owned(), text: "=1:2".to_owned() };
    assert!(read.unsaid.contains(&ulimit), "{:?}", read.unsaid);
}

#[test]
fn an_image_that_moved_or_went_is_named() {
    let mut moved = image();
    moved["RepoTags"] = json!([]);
    let read = existing(&container(json!({})), Some(&moved), false);
    assert_eq!(read.unsaid, [Unsaid::ImageMoved { image: "nginx:1.22".to_owned() }]);
    let read = existing(&container(json!({})), None, false);
    let gone = Unsaid::ImageGone { image: "nginx:1.22".to_owned() };
    assert_eq!(read.unsaid, [Unsaid::EntrypointWords, gone]);
    assert!(said(&read.spec).contains("-e VERSION=1"), "{}", said(&read.spec));
    assert!(same_image("nginx:latest", "docker.io/library/nginx"));
    assert!(same_image("nginx@sha256:a", "nginx:1.22@sha256:a"));
    assert!(same_image("reg:5000/a/b:latest", "reg:5000/a/b"));
    assert!(!same_image("nginx:latest", "nginx:1.22"));
}

#[test]
fn other_containers_go_by_their_names() {
    let mut other = container(json!({}));
    other["HostConfig"] = json!({ "PidMode": "container:abc", "NetworkMode": "container:abc",
        "IpcMode": "container:unseen" });
    let read = existing(&other, Some(&image()), false);
    let line = said(&read.spec);
    assert!(line.contains("--network container:other") && line.contains("--pid container:other"), "{line}");
    assert!(line.contains("--ipc container:unseen"), "{line}");
}

#[test]
fn ports_in_a_row_are_one_range() {
    let mut many = container(json!({}));
    let at = |ip: &str, port: &str| json!([{ "HostIp": ip, "HostPort": port }]);
    many["HostConfig"]["PortBindings"] = json!({
        "80/tcp": [{ "HostIp": "", "HostPort": "8080" }, { "HostIp": "::1", "HostPort": "81" }],
        "90/tcp": at("", "9000"), "91/tcp": at("", "9001"), "92/tcp": at("", "9002"),
        "53/udp": at("127.0.0.1", ""), "70/tcp": at("", "7000-7010")
    });
    let read = existing(&many, Some(&image()), false);
    let ports: Vec<String> = read.spec.network.ports.iter().map(ToString::to_string).collect();
    let mut sorted = ports.clone();
    sorted.sort();
    assert_eq!(sorted, ["127.0.0.1::53/udp", "7000-7010:70", "8080:80", "9000-9002:90-92", "[::1]:81:80"]);
}
