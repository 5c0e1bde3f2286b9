#!/usr/bin/env bash
# Runs real daemons of which half begin as an older build of vouchbird (threats.md, T45).
#
#   scripts/upgrade.sh REVISION SIMNET [SEEDS]     a commit or tag, the built simnet, how many seeds
#
# The older program is built from a clone in .build-older, once a revision.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

revision="${1:?name a revision: make upgrade OLDER=REV}"
simnet="${2:?name the built simnet}"
seeds="${3:-3}"
commit="$(git rev-parse --short "$revision^{commit}")"
older=".build-older/$commit"
if [ ! -d "$older" ]; then
    git clone --quiet --no-checkout . "$older.new"
    git -C "$older.new" checkout --quiet "$commit"
    mv "$older.new" "$older"
fi
echo "== building vouchbird of $commit (release; the first build takes some minutes)"
swift build --package-path "$older" --configuration release --product vouchbird 2>&1 | tail -1
program="$(swift build --package-path "$older" --configuration release --show-bin-path)/vouchbird"
for seed in $(seq 1 "$seeds"); do
    "$simnet" local upgrade --seed "$seed" --older "$program"
done
