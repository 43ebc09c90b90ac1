# The container image of Longshore: one static binary, the CA roots and an empty data folder.
#
#   docker build -t longshore .      with nothing but Docker: both stages below
#   cargo xtask image                from the binary that the host built: the runtime stage alone
#
# The builder stage calls the same xtask as the host, and xtask takes the runtime stage from this file, so
# the two images cannot differ in anything but who compiled the binary.

FROM rust:1.95.0-trixie AS builder
RUN apt-get update \
    && apt-get install -y --no-install-recommends nodejs npm musl-tools \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN rustup target add wasm32-unknown-unknown "$(uname -m)-unknown-linux-musl" \
    && cargo xtask build --target musl

FROM scratch AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Longshore" \
      org.opencontainers.image.description="A web console for Docker: live, light, safe, honest, complete." \
      org.opencontainers.image.licenses="Apache-2.0 OR MIT" \
      org.opencontainers.image.source="https://github.com/longshore-dev/longshore" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=builder /src/target/image/etc /etc
COPY --from=builder /src/target/image/longshore /longshore
COPY --from=builder --chown=65532:65532 /src/target/image/data /data
# Not root; the group of the engine's socket is given at run time: --group-add "$(stat -c %g /var/run/docker.sock)"
USER 65532:65532
VOLUME /data
EXPOSE 9443
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/longshore", "healthcheck"]
ENTRYPOINT ["/longshore"]
CMD ["serve", "--listen", "0.0.0.0:9443", "--data", "/data"]
