#!/usr/bin/env bash
# Installs what Vouchbird needs besides a Swift toolchain, and nothing that is there already.
# Says what it does. Running it again does nothing.
set -euo pipefail

# To build and to run.
packages=(libzmq3-dev libsodium-dev libsqlite3-dev pkg-config git ca-certificates)
# To test: the foreign peer of Tests/Support/python is written with them.
packages+=(python3 python3-zmq python3-nacl)

fail() {
    printf 'error: %s\n' "$1" >&2
    printf '  %s\n' "${@:2}" >&2
    exit 1
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "installing packages needs root, and there is no sudo" \
            "as root: apt-get install --no-install-recommends ${missing[*]}"
    fi
}

check_swift() {
    command -v swift >/dev/null || fail "there is no Swift toolchain" \
        "install Swift 6.3 for this system: https://www.swift.org/install/linux/"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case "$version" in
        6.[2-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
        *) fail "Swift ${version:-of unknown version} is too old; 6.3 is what Vouchbird is tested with" \
            "install Swift 6.3 for this system: https://www.swift.org/install/linux/" ;;
    esac
}

check_swift

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || fail \
    "this is no Debian or Ubuntu, so packages cannot be installed for you" \
    "install ZeroMQ 4.3 with CURVE, libsodium 1.0.18, SQLite 3.40 (all with headers)," \
    "pkg-config and, for the tests, Python 3 with pyzmq and PyNaCl; then: swift build"

missing=()
for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
done

if [ "${#missing[@]}" -eq 0 ]; then
    echo "== system packages: all there"
    exit 0
fi

echo "== system packages: installing ${missing[*]}"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "${missing[@]}"
