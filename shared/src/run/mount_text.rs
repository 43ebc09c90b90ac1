//! The text of `--mount`: a record of `key=value`.

use super::{
    Reason, Size,
    amounts::boolean,
    csv,
    storage::{BindRecursive, Consistency, MountKind, MountSpec, Propagation},
    values::KeyValue,
};

/// What was read, before the type is known that it must belong to.
#[derive(Default)]
struct Draft {
    kind: Option<String>,
    source: Option<String>,
    target: Option<String>,
    read_only: bool,
    consistency: Option<Consistency>,
    propagation: Option<Propagation>,
    recursive: Option<BindRecursive>,
    no_copy: Option<bool>,
    labels: Vec<KeyValue>,
    driver: Option<String>,
    driver_options: Vec<KeyValue>,
    volume_subpath: Option<String>,
    image_subpath: Option<String>,
    size: Option<Size>,
    mode: Option<u32>,
}

const FORM: Reason = Reason::Form("type=TYPE,source=SOURCE,target=TARGET,...");
const TYPES: &[&str] = &["volume", "bind", "tmpfs", "image", "npipe", "cluster"];

impl Draft {
    fn take(&mut self, field: &str) -> Result<(), Reason> {
        let Some((key, value)) = field.split_once('=') else {
            match field {
                "readonly" | "ro" => self.read_only = true,
                "volume-nocopy" => self.no_copy = Some(true),
                "bind-nonrecursive" => self.recursive = Some(BindRecursive::Disabled),
                _ => return Err(FORM),
            }
            return Ok(());
        };
        let text = || Some(value.to_owned());
        match key {
            "type" => self.kind = Some(value.to_ascii_lowercase()),
            "source" | "src" => self.source = text(),
            "target" | "dst" | "destination" => self.target = text(),
            "readonly" | "ro" => self.read_only = boolean(value)?,
            "consistency" => self.consistency = Some(value.to_ascii_lowercase().parse()?),
            "bind-propagation" => self.propagation = Some(value.to_ascii_lowercase().parse()?),
            "bind-recursive" => self.recursive = Some(value.parse()?),
            "bind-nonrecursive" => {
                let off = boolean(value)?;
                self.recursive = Some(if off { BindRecursive::Disabled } else { BindRecursive::Enabled });
            }
            "volume-nocopy" => self.no_copy = Some(boolean(value)?),
            "volume-label" => self.labels.push(value.parse()?),
            "volume-driver" => self.driver = text(),
            "volume-opt" => self.driver_options.push(value.parse()?),
            "volume-subpath" => self.volume_subpath = text(),
            "image-subpath" => self.image_subpath = text(),
            "tmpfs-size" => self.size = Some(value.parse()?),
            "tmpfs-mode" => self.mode = Some(u32::from_str_radix(value, 8).map_err(|_error| Reason::Number)?),
            _ => return Err(Reason::UnknownKey),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<MountSpec, Reason> {
        let target = self.target.take().ok_or(FORM)?;
        let (read_only, consistency, source) = (self.read_only, self.consistency, self.source.take());
        let kind = match self.kind.take().as_deref() {
            None | Some("volume") => MountKind::Volume {
                source,
                subpath: self.volume_subpath.take(),
                no_copy: self.no_copy.take().unwrap_or(false),
                labels: std::mem::take(&mut self.labels),
                driver: self.driver.take(),
                driver_options: std::mem::take(&mut self.driver_options),
            },
            Some("bind") => MountKind::Bind {
                source,
                propagation: self.propagation.take(),
                recursive: self.recursive.take(),
            },
            Some("tmpfs") if source.is_none() => {
                MountKind::Tmpfs { size: self.size.take(), mode: self.mode.take() }
            }
            Some("tmpfs") => return Err(Reason::Contradiction),
            Some("image") => MountKind::Image { source, subpath: self.image_subpath.take() },
            Some("npipe") => MountKind::Npipe { source },
            Some("cluster") => MountKind::Cluster { source },
            Some(_) => return Err(Reason::OneOf(TYPES)),
        };
        // What is still here belongs to another type.
        let foreign = self.volume_subpath.is_some()
            || self.no_copy.is_some()
            || !self.labels.is_empty()
            || self.driver.is_some()
            || !self.driver_options.is_empty()
            || self.propagation.is_some()
            || self.recursive.is_some()
            || self.size.is_some()
            || self.mode.is_some()
            || self.image_subpath.is_some();
        if foreign {
            Err(Reason::Contradiction)
        } else {
            Ok(MountSpec { target, kind, read_only, consistency })
        }
    }
}

impl std::str::FromStr for MountSpec {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let mut draft = Draft::default();
        for field in csv::split(text).ok_or(FORM)? {
            draft.take(&field)?;
        }
        draft.finish()
    }
}

impl std::fmt::Display for MountSpec {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = Vec::new();
        let mut options = Vec::new();
        let mut head = |kind: &str, source: &Option<String>| {
            fields.push(format!("type={kind}"));
            fields.extend(source.iter().map(|source| format!("source={source}")));
        };
        match &self.kind {
            MountKind::Volume { source, subpath, no_copy, labels, driver, driver_options } => {
                head("volume", source);
                options.extend(subpath.iter().map(|path| format!("volume-subpath={path}")));
                options.extend(no_copy.then(|| "volume-nocopy".to_owned()));
                options.extend(labels.iter().map(|label| format!("volume-label={label}")));
                options.extend(driver.iter().map(|driver| format!("volume-driver={driver}")));
                options.extend(driver_options.iter().map(|option| format!("volume-opt={option}")));
            }
            MountKind::Bind { source, propagation, recursive } => {
                head("bind", source);
                options.extend(propagation.map(|how| format!("bind-propagation={how}")));
                options.extend(recursive.map(|how| format!("bind-recursive={how}")));
            }
            MountKind::Tmpfs { size, mode } => {
                head("tmpfs", &None);
                options.extend(size.map(|size| format!("tmpfs-size={size}")));
                options.extend(mode.map(|mode| format!("tmpfs-mode={mode:o}")));
            }
            MountKind::Image { source, subpath } => {
                head("image", source);
                options.extend(subpath.iter().map(|path| format!("image-subpath={path}")));
            }
            MountKind::Npipe { source } => head("npipe", source),
            MountKind::Cluster { source } => head("cluster", source),
        }
        fields.push(format!("target={}", self.target));
        fields.extend(self.read_only.then(|| "readonly".to_owned()));
        fields.extend(self.consistency.map(|how| format!("consistency={how}")));
        fields.append(&mut options);
        formatter.write_str(&csv::join(&fields))
    }
}
