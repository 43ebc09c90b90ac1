//! The container that the console itself runs in: it, and what it keeps its data in, are for whoever may reach
//! the host anyway.
//!
//! Belongs here: finding it. Does not: hiding it (`sight.rs`) and keeping others from its volumes
//! (`inside.rs`).

use std::sync::OnceLock;

use shared::ContainerId;

/// Where the kernel tells what is mounted for this process.
const MOUNTS: &str = "/proc/self/mountinfo";
/// Files that engines mount into each container from its own folder, and nobody else does.
const ENGINES_FILES: &[&str] = &["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

static OWN: OnceLock<Option<ContainerId>> = OnceLock::new();

/// To be called at the start: the one that was named, else the one that the kernel tells of.
pub fn find(named: Option<ContainerId>) -> Option<&'static ContainerId> {
    OWN.get_or_init(|| named.or_else(detect)).as_ref()
}

/// The console's own container, if it runs in one.
#[must_use]
pub fn container() -> Option<&'static ContainerId> {
    OWN.get().and_then(Option::as_ref)
}

fn detect() -> Option<ContainerId> {
    in_mounts(&std::fs::read_to_string(MOUNTS).ok()?)
}

/// The id in the host's path of one of those files: `/var/lib/docker/containers/ID/hostname`. The fields are
/// those of <https://www.man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>.
fn in_mounts(mounts: &str) -> Option<ContainerId> {
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        if !ENGINES_FILES.contains(&point) {
            return None;
        }
        root.rsplit('/').find_map(|part| part.parse().ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_in_the_path_of_a_file_that_the_engine_mounts() {
        let id = "4f".repeat(32);
        let docker = format!(
            "1 2 0:3 / / rw - overlay overlay rw,lowerdir=/x/{other}/diff\n\
             5 1 8:1 /var/lib/docker/containers/{other}/mounts/shm /host/shm rw - tmpfs shm rw\n\
             6 1 8:1 /var/lib/docker/containers/{id}/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n",
            other = "aa".repeat(32)
        );
        assert_eq!(in_mounts(&docker).unwrap().as_str(), id);
        let podman = format!(
            "6 1 0:5 /containers/overlay-containers/{id}/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw"
        );
        assert_eq!(in_mounts(&podman).unwrap().as_str(), id);
        assert_eq!(in_mounts("22 27 0:21 / /proc rw,relatime - proc proc rw\n"), None);
        assert_eq!(in_mounts("6 1 8:1 /etc/hostname /etc/hostname rw - ext4 /dev/sda1 rw"), None);
    }
}
