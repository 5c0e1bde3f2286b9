# A small image of the node: build with the whole toolchain, run with three libraries.
#
#   docker build -t vouchbird .
#   docker run -v vouchbird:/data -p 4477:4477 vouchbird daemon --init
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
    && useradd --system --uid 10001 --create-home vouchbird \
    && install --directory --owner=vouchbird --group=vouchbird --mode=0700 /data
COPY --from=build /vouchbird /usr/local/bin/vouchbird
USER vouchbird
VOLUME /data
ENV VOUCHBIRD_DATA_DIR=/data
STOPSIGNAL SIGTERM
ENTRYPOINT ["vouchbird"]
CMD ["daemon"]
