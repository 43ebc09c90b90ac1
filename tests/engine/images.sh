#!/usr/bin/env bash
# Realistic images without a registry, in the engine that DOCKER_HOST names: debian:12-slim, and on it
# nginx:1.22, redis:7.0, postgres:15 and python:3.11-slim, all of which run; hello:1.0 has one static
# program and no shell. Debian's packages are unpacked, not installed, and `docker build` adds what such
# images declare. Needs root, a docker command, and Debian's apt, curl and busybox-static.
#
#   images.sh     makes them, or loads them from CACHE, where they stay as one tar for other engines
#
# CACHE: /var/cache/longshore-test unless told.
set -euo pipefail
: "${DOCKER_HOST:?must name the private engine, so that no other one is touched}"
cache=${CACHE:-/var/cache/longshore-test}
tar=$cache/images.tar
images=(debian:12-slim nginx:1.22 redis:7.0 postgres:15 python:3.11-slim hello:1.0)
export DOCKER_BUILDKIT=0

# unpack NAME PACKAGE... leaves in $work/NAME the files of the packages and of all that they need,
# less what the base has. The dpkg status is empty, so nothing counts as installed.
unpack() {
    local root=$work/$1 apt=$work/apt package name
    shift
    mkdir -p "$root" "$apt"/{lists,archives}/partial
    rm -f "$apt"/archives/*.deb
    : >"$apt/status"
    apt-get -o "Dir::State::status=$apt/status" -o "Dir::Cache::archives=$apt/archives" -o APT::Sandbox::User=root \
        -qq -y --no-install-recommends --download-only install "$@" >&2
    for name in bin sbin lib lib64; do
        mkdir -p "$root/usr/$name"
        ln -sfn "usr/$name" "$root/$name"
    done
    for package in "$apt"/archives/*.deb; do
        name=$(basename "$package")
        # LLVM only compiles queries, Perl only runs Debian's wrappers.
        [[ $name != libllvm* && $name != *perl_* && ! -e $work/has/$name ]] || continue
        : >"$work/packages/$name"
        dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink \
            --exclude='./usr/share/'{doc,man,info,locale,lintian,bug,i18n}'/*'
    done
}

base() {
    unpack debian '?essential' mawk tzdata ca-certificates
    mv "$work/packages" "$work/has"
    local root=$work/debian
    cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
    cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
    ln -sf mawk "$root/usr/bin/awk"
    tar -C "$root" -c . | docker import --change 'CMD ["bash"]' - debian:12-slim
}

# image TAG, with the packages' files as layer.tar beside the Dockerfile on standard input.
image() {
    local name=${1%:*}
    mkdir -p "$work/$name"
    rm -f "$work/$name"/{bin,sbin,lib,lib64}
    mkdir -p "$work/build"
    tar -C "$work/$name" -cf "$work/build/layer.tar" .
    cat >"$work/build/Dockerfile"
    docker build --quiet --tag "$1" --label "org.opencontainers.image.title=$name" \
        --label "org.opencontainers.image.version=${1#*:}" --label org.opencontainers.image.vendor=Debian "$work/build"
}

build() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/packages"
    base
    mkdir -p "$work/packages"

    unpack nginx nginx-light
    image nginx:1.22 <<'END'
FROM debian:12-slim
ENV NGINX_VERSION=1.22.1
ADD layer.tar /
RUN mkdir -p /var/lib/nginx /var/log/nginx /etc/nginx/sites-enabled /var/www/html \
    && ln -sf ../sites-available/default /etc/nginx/sites-enabled/default \
    && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
RUN echo '<h1>Welcome to nginx!</h1>' >/var/www/html/index.html
EXPOSE 80/tcp
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
END

    unpack redis redis-server redis-tools
    image redis:7.0 <<'END'
FROM debian:12-slim
RUN echo 'redis:x:999:999::/data:/bin/false' >>/etc/passwd && echo 'redis:x:999:' >>/etc/group
ENV REDIS_VERSION=7.0
ADD layer.tar /
RUN mkdir -p /data && chown redis:redis /data
VOLUME /data
WORKDIR /data
USER redis
EXPOSE 6379
HEALTHCHECK --interval=5s --timeout=3s --retries=5 CMD ["redis-cli", "ping"]
CMD ["redis-server", "--save", "60", "1", "--protected-mode", "no"]
END

    unpack postgres postgresql-15
    mkdir -p "$work/postgres/usr/local/bin"
    cat >"$work/postgres/usr/local/bin/docker-entrypoint.sh" <<'END'
#!/bin/sh
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    : "${POSTGRES_PASSWORD:?is required}"
    echo "$POSTGRES_PASSWORD" >/tmp/password
    initdb --username=postgres --pwfile=/tmp/password --auth=scram-sha-256 --no-sync
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
fi
exec "$@"
END
    chmod +x "$work/postgres/usr/local/bin/docker-entrypoint.sh"
    image postgres:15 <<'END'
FROM debian:12-slim
RUN echo 'postgres:x:999:999::/var/lib/postgresql:/bin/bash' >>/etc/passwd && echo 'postgres:x:999:' >>/etc/group
ENV PG_MAJOR=15 PGDATA=/var/lib/postgresql/data PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin
ADD layer.tar /
RUN mkdir -p "$PGDATA" /var/run/postgresql && chown -R postgres:postgres /var/lib/postgresql /var/run/postgresql
VOLUME /var/lib/postgresql/data
USER postgres
EXPOSE 5432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s --start-period=10s CMD pg_isready -h 127.0.0.1
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres", "-c", "listen_addresses=*", "-c", "jit=off"]
END

    unpack python python3
    image python:3.11-slim <<'END'
FROM debian:12-slim
ENV PYTHON_VERSION=3.11 PYTHONUNBUFFERED=1
ADD layer.tar /
RUN ln -s python3 /usr/bin/python
CMD ["python3"]
END

    mkdir -p "$work/hello"
    cp /bin/busybox "$work/hello/httpd"
    echo 'hello' >"$work/hello/index.html"
    image hello:1.0 <<'END'
FROM scratch
ADD layer.tar /
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/httpd", "-f", "-p", "8080", "-h", "/"]
END
    docker save -o "$tar.new" "${images[@]}"
    mv "$tar.new" "$tar"
}

mkdir -p "$cache"
exec 9>"$cache/images.lock"
flock 9
if [[ -e $tar ]]; then docker load --quiet -i "$tar" >&2; else build >&2; fi
