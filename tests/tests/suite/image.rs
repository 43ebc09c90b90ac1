//! The container image, run on the private engine with its socket mounted, and signed in through.
//!
//! `cargo xtask test` builds the image and names it in `LONGSHORE_IMAGE`; without one there is nothing
//! to test here, which is said.

use std::{os::unix::fs::MetadataExt, path::PathBuf};

use longshore_tests::{Client, TestContainer, TestEngine, console, eventually};
use shared::{
    Empty, Role,
    containers::{InspectContainer, ListContainers},
    environments::{EngineStatus, ReadEnvironment},
    setup::{CompleteSetup, FirstAdmin},
    users::{CreateUser, NewGrant, NewUser},
};

struct Image {
    engine: TestEngine,
    name: String,
    address: String,
}

fn image() -> Option<Image> {
    let Ok(name) = std::env::var("LONGSHORE_IMAGE") else {
        println!("skipped: no image was built; `cargo xtask test --only image` builds one");
        return None;
    };
    let folder = PathBuf::from(std::env::var("LONGSHORE_TEST_ENGINE_DIR").expect("the engine's folder"));
    let address =
        std::fs::read_to_string(folder.join("address")).expect("where its ports answer").trim().to_owned();
    Some(Image { engine: TestEngine::from_env(), name, address })
}

impl Image {
    fn socket_group(&self) -> String {
        std::fs::metadata(self.engine.socket()).unwrap().gid().to_string()
    }

    /// Starts it as the README says; `options` stand before the image.
    fn start(&self, options: &[&str], arguments: &[&str]) -> TestContainer {
        let mount = format!("{}:/var/run/docker.sock", self.engine.socket().display());
        let group = self.socket_group();
        let mut args = vec!["-v", &mount, "--group-add", &group, "-p", "9443"];
        args.extend(options);
        args.push(&self.name);
        args.extend(arguments);
        self.engine.run("image", &args)
    }

    fn log(&self, container: &TestContainer) -> String {
        let output = self.engine.try_docker(&["logs", &container.id]);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    async fn said(&self, container: &TestContainer, words: &str) -> String {
        eventually(&format!("the container prints {words}"), async || {
            self.log(container)
                .lines()
                .find_map(|line| line.split_once(words))
                .map(|(_, rest)| rest.trim().to_owned())
        })
        .await
    }

    async fn client(&self, container: &TestContainer) -> Client {
        let port = self.engine.docker(&["port", &container.id, "9443/tcp"]);
        let port = port.lines().next().and_then(|line| line.rsplit_once(':')).expect("a published port").1;
        let client = Client::new(&format!("https://{}:{port}", self.address));
        eventually("the console answers", async || {
            client.request("GET", "/healthz").try_stream().await.ok().filter(|reply| reply.status() == 200)
        })
        .await;
        client
    }
}

async fn set_up(client: &Client, code: String) {
    let admin = FirstAdmin { code, name: "admin".to_owned(), password: console::PASSWORD.to_owned() };
    client.call(&CompleteSetup {}, Empty {}, admin).await.map(drop).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_without_root_and_manages_the_engine_it_runs_on() {
    let Some(image) = image() else { return };
    let container =
        image.start(&["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"], &[]);
    let code = image.said(&container, "Setup code: ").await;
    let client = image.client(&container).await;
    set_up(&client, code).await;
    let environment = eventually("it reaches the engine", async || {
        let read =
            client.call(&ReadEnvironment { environment: console::local() }, Empty {}, ()).await.unwrap();
        matches!(read.status, EngineStatus::Connected { .. }).then_some(read)
    })
    .await;
    assert!(environment.counts.total > 0);
    let list = client.call(&ListContainers { environment: console::local() }, Empty {}, ()).await.unwrap();
    assert!(list.containers.iter().any(|row| row.id.as_str() == container.id), "it sees itself");

    // It finds out by itself which container is its own, and shows it to administrators only.
    let grants = vec![NewGrant::everywhere(Role::EnvironmentAdmin)];
    let new = NewUser { name: "keeper".to_owned(), password: console::PASSWORD.to_owned(), grants };
    client.call(&CreateUser {}, Empty {}, new).await.unwrap();
    let keeper = image.client(&container).await;
    console::sign_in(&keeper, "keeper", console::PASSWORD).await.unwrap();
    let list = keeper.call(&ListContainers { environment: console::local() }, Empty {}, ()).await.unwrap();
    assert!(list.containers.iter().all(|row| row.id.as_str() != container.id));
    let inspect = InspectContainer { environment: console::local(), container: container.reference() };
    assert_eq!(keeper.call(&inspect, Empty {}, ()).await.unwrap_err().status, 404);

    let processes = image.engine.docker(&["top", &container.id, "-o", "pid,uid,args"]);
    let uids: Vec<_> = processes.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(!uids.is_empty() && uids.iter().all(|uid| *uid != "0"), "{processes}");

    let page = client.get("/").await;
    assert_eq!(page.status, 200, "it holds the pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_knows_whether_it_is_healthy() {
    let Some(image) = image() else { return };
    if image.engine.is_podman() {
        println!("skipped: this engine runs no health checks here (Podman leaves them to systemd)");
        return;
    }
    let container = image.start(&["--health-interval", "1s"], &[]);
    eventually("the engine calls it healthy", async || {
        (container.inspect("{{.State.Health.Status}}") == "healthy").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_data_outlives_the_container() {
    let Some(image) = image() else { return };
    let volume = format!("image-data-{}", longshore_tests::folder::unique());
    let mount = format!("{volume}:/data");
    let first = image.start(&["-v", &mount], &[]);
    let code = image.said(&first, "Setup code: ").await;
    let client = image.client(&first).await;
    set_up(&client, code).await;
    drop(first);
    let second = image.start(&["-v", &mount], &[]);
    let client = image.client(&second).await;
    let signed_in = console::sign_in(&client, "admin", console::PASSWORD).await;
    drop(second);
    image.engine.docker(&["volume", "rm", &volume]);
    assert_eq!(signed_in.unwrap().name, "admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_small_and_labelled() {
    let Some(image) = image() else { return };
    let inspect =
        |template: &str| image.engine.docker(&["image", "inspect", "--format", template, &image.name]);
    let size: u64 = inspect("{{.Size}}").parse().unwrap();
    println!("the image has {:.1} MB", size as f64 / 1e6);
    assert!(size < 25_000_000, "{size} bytes");
    let labels = inspect("{{json .Config.Labels}}");
    for label in [
        "org.opencontainers.image.title",
        "org.opencontainers.image.source",
        "org.opencontainers.image.version",
    ] {
        assert!(labels.contains(label), "{label} in {labels}");
    }
    assert!(!matches!(inspect("{{.Config.User}}").as_str(), "" | "0" | "root"), "it names a user");
    assert_ne!(inspect("{{json .Config.Healthcheck}}"), "null");
}
