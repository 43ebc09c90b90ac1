//! What the tests need from the machine: installed on Debian as root, listed everywhere else.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{AtPath, Error, Result},
    needs, process,
    steps::Steps,
    test::Part,
};

/// One program or file, and Debian's package that has it.
struct Wanted {
    part: Part,
    /// A program's name, or the absolute path of a file.
    what: &'static str,
    package: &'static str,
}

const WANTED: [Wanted; 16] = [
    wanted(Part::Unit, "cc", "gcc libc6-dev"),
    wanted(Part::Server, "musl-gcc", "musl-tools"),
    wanted(Part::Server, "docker", "docker.io"),
    wanted(Part::Server, "docker-registry", "docker-registry"),
    wanted(Part::Server, "ip", "iproute2"),
    wanted(Part::Server, "iptables", "iptables"),
    // The static one: where it is started, no libraries are around it.
    wanted(Part::Server, "/usr/share/doc/busybox-static", "busybox-static"),
    wanted(Part::Server, "curl", "curl"),
    wanted(Part::Server, "nginx", "nginx-light"),
    wanted(Part::Server, "caddy", "caddy"),
    wanted(Part::Server, "openssl", "openssl"),
    // The requests of the bad-input test are made in a Python environment of its own.
    wanted(Part::Server, "python3", "python3"),
    wanted(Part::Server, "/usr/share/doc/python3-venv", "python3-venv"),
    wanted(Part::Server, "unshare", "util-linux"),
    wanted(Part::Server, "pgrep", "procps"),
    wanted(Part::Browser, "chromium", "chromium"),
];

const fn wanted(part: Part, what: &'static str, package: &'static str) -> Wanted {
    Wanted { part, what, package }
}

/// Installs what these parts of the tests need, or says what to install.
pub(crate) fn ensure(steps: &mut Steps, parts: &[Part]) -> Result<()> {
    let debian = Path::new("/etc/debian_version").exists();
    let needed = |wanted: &&Wanted| match wanted.part {
        Part::Unit => true,
        // The browser and the image are tested against the same engines.
        Part::Server | Part::Image => parts.iter().any(|part| *part != Part::Unit),
        Part::Browser => parts.contains(&Part::Browser),
    };
    let present =
        |what: &str| if what.starts_with('/') { !debian || Path::new(what).exists() } else { finds(what) };
    let mut missing: Vec<_> = WANTED.iter().filter(needed).filter(|wanted| !present(wanted.what)).collect();
    missing.dedup_by_key(|wanted| wanted.package);
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().flat_map(|wanted| wanted.package.split(' ')).collect();
    let root = needs::said(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if debian && root {
        return steps.step(&format!("Installing {}", packages.join(" ")), || install(&packages));
    }
    if debian {
        return Err(Error::Need(format!(
            "the tests need {}: run `apt-get install {}` as root (the private engines need root too)",
            missing.iter().map(|wanted| wanted.what).collect::<Vec<_>>().join(", "),
            packages.join(" ")
        )));
    }
    let list = missing.iter().map(|wanted| format!("{} (Debian's {})", wanted.what, wanted.package));
    Err(Error::Need(format!("the tests need, please install: {}", list.collect::<Vec<_>>().join(", "))))
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = |args: &[&str]| {
        let mut command = process::command("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        process::run(&mut command, "apt-get")
    };
    let _quiet = NoServices::begin()?;
    apt(&["-qq", "update"])?;
    // Only the client is needed; newer releases have it in a package of its own.
    let client = if process::succeeds(process::command("apt-cache").args(["show", "docker-cli"])) {
        "docker-cli"
    } else {
        "docker.io"
    };
    let mut arguments = vec!["-qq", "-y", "--no-install-recommends", "install"];
    arguments.extend(packages.iter().map(|package| if *package == "docker.io" { client } else { package }));
    apt(&arguments)
}

/// While it lives, packages start no services: nginx and an engine would take ports and stay.
struct NoServices {
    policy: Option<PathBuf>,
}

impl NoServices {
    fn begin() -> Result<Self> {
        let policy = PathBuf::from("/usr/sbin/policy-rc.d");
        if policy.exists() {
            return Ok(Self { policy: None });
        }
        fs::write(&policy, "#!/bin/sh\nexit 101\n").at(&policy)?;
        let made = Self { policy: Some(policy.clone()) };
        process::run(Command::new("chmod").arg("755").arg(&policy), "chmod")?;
        Ok(made)
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if let Some(policy) = &self.policy {
            // Gone already is as good.
            let _ = fs::remove_file(policy);
        }
    }
}

/// Whether a program is on the path, or where only root looks.
fn finds(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .any(|folder| folder.join(program).is_file())
}
