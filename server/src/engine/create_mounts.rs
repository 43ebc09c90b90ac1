//! The mounts of the long form in a new container's document.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::run::{BindRecursive, MountKind, MountSpec, Size};

use super::{
    EngineError,
    create_body::{Dialect, map, or_empty},
};

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MountPoint<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    source: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    consistency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bind_options: Option<BindOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_options: Option<VolumeOptions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tmpfs_options: Option<TmpfsOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_options: Option<ImageOptions<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BindOptions {
    #[serde(skip_serializing_if = "str::is_empty")]
    propagation: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    non_recursive: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only_non_recursive: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only_force_recursive: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VolumeOptions<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_copy: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    subpath: &'a str,
    driver_config: DriverConfig<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DriverConfig<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TmpfsOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ImageOptions<'a> {
    subpath: &'a str,
}

pub(super) fn mount_point(mount: &MountSpec, dialect: Dialect) -> Result<MountPoint<'_>, EngineError> {
    let mut point = MountPoint {
        target: &mount.target,
        read_only: mount.read_only,
        consistency: mount.consistency.map_or("", shared::run::Consistency::as_str),
        ..MountPoint::default()
    };
    match &mount.kind {
        MountKind::Volume { source, subpath, no_copy, labels, driver, driver_options } => {
            dialect.since(45, subpath.is_some(), "a folder inside a volume")?;
            point.kind = "volume";
            point.source = or_empty(source.as_ref());
            let options = *no_copy
                || subpath.is_some()
                || !labels.is_empty()
                || driver.is_some()
                || !driver_options.is_empty();
            point.volume_options = options.then(|| VolumeOptions {
                no_copy: *no_copy,
                labels: map(labels),
                subpath: or_empty(subpath.as_ref()),
                driver_config: DriverConfig { name: or_empty(driver.as_ref()), options: map(driver_options) },
            });
        }
        MountKind::Bind { source, propagation, recursive } => {
            let strict = *recursive == Some(BindRecursive::Readonly);
            dialect.since(44, strict, "protection of mounts below a read-only one")?;
            point.kind = "bind";
            point.source = or_empty(source.as_ref());
            point.bind_options = (propagation.is_some() || recursive.is_some()).then(|| BindOptions {
                propagation: propagation.map_or("", shared::run::Propagation::as_str),
                non_recursive: *recursive == Some(BindRecursive::Disabled),
                // Older engines leave mounts below writable anyway.
                read_only_non_recursive: *recursive == Some(BindRecursive::Writable) && dialect.minor >= 44,
                read_only_force_recursive: *recursive == Some(BindRecursive::Readonly),
            });
        }
        MountKind::Tmpfs { size, mode } => {
            point.kind = "tmpfs";
            point.tmpfs_options = (size.is_some() || mode.is_some())
                .then(|| TmpfsOptions { size_bytes: size.map(Size::signed), mode: *mode });
        }
        MountKind::Image { source, subpath } => {
            dialect.since(48, true, "a mount of an image")?;
            point.kind = "image";
            point.source = or_empty(source.as_ref());
            point.image_options = subpath.as_deref().map(|subpath| ImageOptions { subpath });
        }
        MountKind::Npipe { source } => {
            point.kind = "npipe";
            point.source = or_empty(source.as_ref());
        }
        MountKind::Cluster { source } => {
            dialect.since(42, true, "a volume of the cluster")?;
            point.kind = "cluster";
            point.source = or_empty(source.as_ref());
        }
    }
    Ok(point)
}
