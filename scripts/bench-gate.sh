#!/usr/bin/env bash
# Counts the instructions of the ranking kernels under valgrind and compares them with a checked-in file.
#
#   scripts/bench-gate.sh check BENCH     fails when a kernel takes 3 % more than the file says
#   scripts/bench-gate.sh renew BENCH     writes the file
#
# A count is the difference between two runs of a kernel and one, so that the program's start and the
# making of the graph fall out. Counts depend on the compiler: with another one the check says so and
# passes.
set -euo pipefail

mode=$1
bench=$2
file=scripts/bench-gate.tsv
limit=3
toolchain="$(swift --version 2>/dev/null | sed -n 's/.*\(Swift version [0-9.]*\).*/\1/p' | head -n 1) $(uname -m)"

if ! command -v valgrind >/dev/null; then
    echo "skipped: there is no valgrind (apt-get install valgrind)"
    exit 0
fi

recorded=$(sed -n 's/^# toolchain: //p' "$file" 2>/dev/null || true)
if [ "$mode" = check ] && [ "$recorded" != "$toolchain" ]; then
    echo "skipped: the counts are of '${recorded:-no toolchain}', this is '$toolchain'"
    echo "         make bench-gate-renew writes counts for it"
    exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

instructions() {
    SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file="$folder/out" \
        "$bench" --kernel "$1" --repeats "$2" >"$folder/log" 2>&1 || {
        cat "$folder/log" >&2
        exit 1
    }
    sed -n 's/^\(summary\|totals\): \([0-9]*\).*/\2/p' "$folder/out" | head -n 1
}

kernels=$("$bench" --list-kernels)
failed=0
[ "$mode" = renew ] && printf '# toolchain: %s\n# kernel, instructions a run\n' "$toolchain" >"$folder/new"
for kernel in $kernels; do
    one=$(instructions "$kernel" 1)
    two=$(instructions "$kernel" 2)
    count=$((two - one))
    if [ "$mode" = renew ]; then
        printf '%s\t%s\n' "$kernel" "$count" | tee -a "$folder/new"
        continue
    fi
    known=$(awk -F '\t' -v kernel="$kernel" '$1 == kernel { print $2 }' "$file")
    if [ -z "$known" ]; then
        echo "$kernel: $count instructions, not in $file: make bench-gate-renew"
        failed=1
        continue
    fi
    change=$(awk -v now="$count" -v known="$known" 'BEGIN { printf "%+.2f", (now / known - 1) * 100 }')
    echo "$kernel: $count instructions, $change %"
    if awk -v change="$change" -v limit="$limit" 'BEGIN { exit !(change > limit) }'; then
        echo "$kernel: more than $limit % above $known"
        failed=1
    fi
done
[ "$mode" = renew ] && mv "$folder/new" "$file"
exit "$failed"
