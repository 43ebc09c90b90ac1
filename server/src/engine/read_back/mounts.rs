//! What is mounted into a container, in the short form and in the long one.

use serde_json::Value;
use shared::run::Unsaid;

use super::said::{Row, Said, flag, items, number, pairs, text, texts};

pub(super) fn read(said: &mut Said, host: &Value) {
    for bind in texts(host, "Binds") {
        said.flag("volume", bind);
    }
    said.maybe("volume-driver", text(host, "VolumeDriver"));
    for (target, options) in pairs(host, "Tmpfs") {
        said.flag(
            "tmpfs",
            if options.is_empty() { target.to_owned() } else { format!("{target}:{options}") },
        );
    }
    for from in texts(host, "VolumesFrom") {
        said.flag("volumes-from", from);
    }
    for mount in items(host, "Mounts") {
        mount_point(said, mount);
    }
}

fn mount_point(said: &mut Said, mount: &Value) {
    let kind = text(mount, "Type").unwrap_or("volume");
    let mut row = Row::default();
    row.push("type", kind);
    row.maybe("source", text(mount, "Source"));
    row.maybe("target", text(mount, "Target"));
    if flag(mount, "ReadOnly") {
        row.push("readonly", "true");
    }
    row.maybe("consistency", text(mount, "Consistency").filter(|word| *word != "default"));
    let nothing = Value::Null;
    let options = |field: &str| mount.get(field).unwrap_or(&nothing);
    bind(&mut row, options("BindOptions"));
    volume(&mut row, options("VolumeOptions"));
    let tmpfs = options("TmpfsOptions");
    row.maybe("tmpfs-size", number(tmpfs, "SizeBytes").map(|bytes| bytes.to_string()).as_deref());
    row.maybe("tmpfs-mode", number(tmpfs, "Mode").map(|mode| format!("{mode:o}")).as_deref());
    row.maybe("image-subpath", text(options("ImageOptions"), "Subpath"));
    if items(tmpfs, "Options").next().is_some() || flag(options("BindOptions"), "CreateMountpoint") {
        let text = text(mount, "Target").unwrap_or_default().to_owned();
        said.unsaid.push(Unsaid::Value { flag: "mount".to_owned(), text });
    }
    said.flag("mount", row.join());
}

fn bind(row: &mut Row, options: &Value) {
    row.maybe("bind-propagation", text(options, "Propagation"));
    let recursive = [
        ("NonRecursive", "disabled"),
        ("ReadOnlyNonRecursive", "writable"),
        ("ReadOnlyForceRecursive", "readonly"),
    ];
    let recursive = recursive.into_iter().find(|(field, _)| flag(options, field));
    row.maybe("bind-recursive", recursive.map(|(_, word)| word));
}

fn volume(row: &mut Row, options: &Value) {
    if flag(options, "NoCopy") {
        row.push("volume-nocopy", "true");
    }
    for (name, value) in pairs(options, "Labels") {
        row.push("volume-label", &format!("{name}={value}"));
    }
    row.maybe("volume-subpath", text(options, "Subpath"));
    let driver = options.get("DriverConfig").unwrap_or(&Value::Null);
    row.maybe("volume-driver", text(driver, "Name"));
    for (name, value) in pairs(driver, "Options") {
        row.push("volume-opt", &format!("{name}={value}"));
    }
}
