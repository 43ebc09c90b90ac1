#!/usr/bin/env bash
# A private engine for tests: unpacked from a Debian release into a cache, never installed, and run in
# namespaces of its own: mounts, where the release's /usr lies over the machine's (paths in bind mounts
# stay the same); network, where its bridges, firewall rules and ports disturb no other engine;
# processes, so that all of it ends with its first one. Nothing of the machine's own engine is touched.
# Needs root on Debian with iproute2, iptables, busybox-static and curl, which are installed if missing.
#
#   engine.sh start DIR KIND [OPTION...]
#       starts it and waits until it answers; the last line printed is the DOCKER_HOST to use. OPTIONs go
#       to dockerd. Published ports answer at the address in DIR/address (a 172.28.N.2; yours, if the file
#       is there before), and at 127.0.0.1 only in `nsenter --target $(cat DIR/pid) --net`.
#   engine.sh stop DIR
#       stops it, however it was left, and removes DIR; the cache stays.
#
# KIND: docker28 (Debian testing's), docker20 (bookworm's), podman5 (testing's).
# CACHE: where the unpacked releases are kept, /var/cache/longshore-test unless told.
set -euo pipefail
script=$(realpath "$0")
verb=${1:?start or stop}
dir=$(realpath -m "${2:?DIR}")
shift 2
socket=$dir/docker.sock
cache=${CACHE:-/var/cache/longshore-test}
id=$(printf %s "$dir" | cksum | cut -d' ' -f1)
link=ls${id:0:8}
cgroup=longshore-test-$id

choose() {
    case $1 in
        docker28) release=testing engine=docker packages=(docker.io docker-cli) ;;
        docker20) release=bookworm engine=docker packages=(docker.io tini) ;;
        podman5) release=testing engine=podman packages=(podman crun netavark aardvark-dns catatonit nftables) ;;
        *) echo "KIND is docker28, docker20 or podman5, not $1" >&2; exit 2 ;;
    esac
    tree=$cache/$release-$engine
}

start() {
    choose "${1:?KIND}"
    shift
    local tool
    for tool in ip iptables busybox curl; do
        command -v "$tool" >/dev/null && continue
        { apt-get update; apt-get install -y --no-install-recommends iproute2 iptables busybox-static curl; } >&2
        break
    done
    mkdir -p "$dir" "$tree"
    (flock 9; [[ -e $tree/usr ]] || fetch >&2) 9>"$tree/lock"

    # What an earlier run in this folder left, if it was killed: gone, as after a restart of the machine.
    end
    rm -rf "$dir"/{exec,run,tmp,dockerd.pid}
    if [[ ! -f $dir/address ]]; then
        # Of a network that no other engine on this machine has.
        local network
        until network=172.28.$((RANDOM % 250 + 2)) && ! ip -4 -o address | grep -qF " $network."; do :; done
        echo "$network.2" >"$dir/address"
    fi
    setsid unshare --mount --propagation slave --net --pid --fork --kill-child \
        "$script" "inside_$engine" "$dir" "$tree" $$ "$@" \
        >"$dir/engine.log" 2>&1 </dev/null &
    local outer=$! attempt
    for attempt in $(seq 150); do
        if curl -sf --unix-socket "$socket" http://engine/_ping >/dev/null 2>&1; then
            pgrep --parent "$outer" >"$dir/pid"
            busybox_image
            echo "unix://$socket"
            return
        fi
        [[ -e /proc/$outer ]] || break
        sleep 0.2
    done
    echo "the engine did not answer; the end of its log:" >&2
    tail -20 "$dir/engine.log" >&2
    end
    exit 1
}

# Packages come from the mirror that apt uses on this machine, with lists and a dpkg status of our own:
# the status is empty, so apt resolves everything down to libc, and the machine's own is untouched.
fetch() {
    local apt=$tree/apt mirror name package
    mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
        | awk -v r="$(. /etc/os-release; echo "$VERSION_CODENAME")" '$1 == r && $2 == "main" {print $3; exit}')
    echo "fetching $release's ${packages[0]} from $mirror" >&2
    rm -rf "$tree/new" "$apt"
    mkdir -p "$apt"/{lists,archives}/partial
    : >"$apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$apt/sources.list"
    local options=(-o "Dir::State=$apt" -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt"
        -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Sandbox::User=root)
    apt-get "${options[@]}" -qq update
    apt-get "${options[@]}" -qq -y --no-install-recommends --download-only install \
        systemd-standalone-sysusers "${packages[@]}"
    for name in bin sbin lib lib64; do
        mkdir -p "$tree/new/usr/$name"
        ln -sfn "usr/$name" "$tree/new/$name"
    done
    for package in "$apt"/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$tree/new" --keep-directory-symlink \
            --exclude='./usr/share/*' --exclude='./etc/*' --exclude='./var/*'
    done
    mv "$tree/new/usr" "$tree/usr"
    rm -rf "$tree/new" "$apt"
}

# Runs inside the namespaces; $2 is a process that stayed outside.
enter() {
    local tree=$1 outside=$2 address
    address=$(<"$dir/address")
    ip link set lo up
    ip link add eth0 type veth peer name "$link" netns "/proc/$outside/ns/net"
    ip addr add "$address/30" dev eth0
    ip link set eth0 up
    nsenter --net="/proc/$outside/ns/net" ip addr add "${address%.*}.1/30" dev "$link"
    nsenter --net="/proc/$outside/ns/net" ip link set "$link" up
    mount -t proc proc /proc
    # /sys shows the interfaces of the network namespace that it was mounted in.
    mkdir -p "$dir/cgroup"
    mount --rbind /sys/fs/cgroup "$dir/cgroup"
    mount -t sysfs sysfs /sys
    mount --rbind "$dir/cgroup" /sys/fs/cgroup
    umount -l "$dir/cgroup"
    mount -t overlay overlay -o "lowerdir=$tree/usr:/usr" /usr
}

inside_docker() {
    enter "$1" "$2"
    shift 2
    local init
    init=$(command -v docker-init || command -v tini)
    [[ -f $dir/daemon.json ]] || echo '{}' >"$dir/daemon.json"
    exec "$init" -- dockerd --config-file "$dir/daemon.json" --data-root "$dir/root" --exec-root "$dir/exec" \
        --insecure-registry 172.28.0.0/16 --pidfile "$dir/dockerd.pid" --host "unix://$socket" \
        --cgroup-parent "/$cgroup" "$@"
}

inside_podman() {
    enter "$1" "$2"
    # crun refuses the mixed mode, where a cgroup v2 without controllers lies beside v1.
    umount /sys/fs/cgroup/unified 2>/dev/null || true
    # It writes here whatever its settings say.
    mkdir -p /var/lib/containers
    mount -t tmpfs tmpfs /var/lib/containers
    mount -t tmpfs tmpfs /run
    local etc=$dir/etc/containers files processes
    # Podman asks for a million of each by default, which only CAP_SYS_RESOURCE gives.
    files=$(ulimit -Hn) processes=$(ulimit -Hu)
    files=${files/unlimited/-1} processes=${processes/unlimited/-1}
    mkdir -p "$etc"
    echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$etc/policy.json"
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$dir/root" "$dir/run" >"$etc/storage.conf"
    # The machine's side of the link: registries of tests listen there, without TLS.
    printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$(sed 's/[0-9]*$/1/' "$dir/address")" >"$etc/registries.conf"
    cat >"$etc/containers.conf" <<END
[engine]
runtime = "crun"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$dir/tmp"
static_dir = "$dir/root/libpod"
volume_path = "$dir/root/volumes"
[network]
network_config_dir = "$dir/networks"
firewall_driver = "nftables"
[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=$files:$files", "nproc=$processes:$processes"]
END
    mount -t overlay overlay -o "lowerdir=$dir/etc:/etc" /etc
    HOME=$dir PODMAN_IGNORE_CGROUPSV1_WARNING=1 exec catatonit -- podman system service --time 0 "unix://$socket"
}

# No registry is needed: the smallest image is made from Debian's static busybox.
busybox_image() {
    local root applet
    root=$(mktemp -d)
    mkdir -p "$root"/{bin,etc,tmp,proc,sys,dev,root,var,www}
    cp /bin/busybox "$root/bin/"
    for applet in $(/bin/busybox --list | grep -vx busybox); do ln -s busybox "$root/bin/$applet"; done
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$root/etc/passwd"
    tar -C "$root" -c . | curl -sf --unix-socket "$socket" -H 'Content-Type: application/x-tar' -T - -X POST \
        'http://engine/images/create?fromSrc=-&repo=busybox&tag=latest&changes=CMD+%5B%22%2Fbin%2Fsh%22%5D' >&2
    rm -rf "$root"
}

# The engine's outermost processes: found by what they were started with, so that a run whose start was
# killed half-way is found too.
outermost() {
    local pid line
    for pid in $(pgrep --full -- "inside_(docker|podman) $dir " || true); do
        line=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" || true)
        [[ $line != *"inside_docker $dir "* && $line != *"inside_podman $dir "* ]] || echo "$pid"
    done
}

# Nothing of it is kept, so nothing is asked to end in order: with the first process of the namespace,
# which ends with `unshare`, the kernel ends all that is in there.
end() {
    local pid inner left names container group
    inner=$(cat "$dir/pid" 2>/dev/null || true)
    for pid in $(outermost); do
        inner="$inner $(pgrep --parent "$pid" || true)"
        kill -9 "$pid" 2>/dev/null || true
    done
    for left in $inner; do
        grep -qsF "$dir/" "/proc/$left/cmdline" || continue
        kill -9 "$left" 2>/dev/null || true
        for _ in $(seq 600); do [[ -e /proc/$left ]] || break; sleep 0.1; done
    done
    ip link del "$link" 2>/dev/null || true
    # Docker's containers are in a cgroup of this engine's, Podman's in one named after each.
    names=(-name "$cgroup")
    for container in "$dir"/root/overlay-containers/*/; do
        [[ ! -d $container ]] || names+=(-o -name "libpod-$(basename "$container")")
    done
    find /sys/fs/cgroup -maxdepth 3 -type d \( "${names[@]}" \) | while read -r group; do
        find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    done
    rmdir /sys/fs/cgroup/*/libpod_parent{/conmon,} /var/lib/containers 2>/dev/null || true
}

stop() {
    end
    rm -rf "$dir"
}

case $verb in
    start | stop | inside_docker | inside_podman) "$verb" "$@" ;;
    *) echo "start or stop, not $verb" >&2; exit 2 ;;
esac
