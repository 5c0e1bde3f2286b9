#!/usr/bin/env bash
# Compares what a debug and a release build of bench say of a hundred orders of arrival, bit by bit.
#
#   scripts/determinism.sh DEBUG-BENCH RELEASE-BENCH
set -euo pipefail

debug=$("$1" --fingerprint)
release=$("$2" --fingerprint)
if [ "$debug" != "$release" ]; then
    printf 'debug and release differ\n%s\n--\n%s\n' "$debug" "$release" >&2
    exit 1
fi
printf 'one output in 100 orders of arrival, debug and release\n%s\n' "$release"
