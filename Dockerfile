# A small image of the node: build with the whole toolchain, run with three libraries.
#
#   docker build -t vouchbird .
#   docker run --name bird -v vouchbird:/data -p 27170:27170 vouchbird
#   docker exec bird vouchbird status
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libzmq3-dev libsodium-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build --configuration release --product vouchbird --static-swift-stdlib \
    && strip "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/vouchbird" \
        --output-file=/vouchbird

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libzmq5 libsodium23 libsqlite3-0 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home vouchbird \
    && install --directory --owner=vouchbird --group=vouchbird --mode=0700 /data
COPY --from=build /vouchbird /usr/local/bin/vouchbird
USER vouchbird
VOLUME /data
EXPOSE 27170
ENV VOUCHBIRD_DATA_DIR=/data VOUCHBIRD_NODE_LISTEN=tcp://0.0.0.0:27170
STOPSIGNAL SIGTERM
ENTRYPOINT ["vouchbird"]
CMD ["daemon", "--init"]
