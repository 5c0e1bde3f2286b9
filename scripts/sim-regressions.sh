#!/bin/sh
# Repeats every seed that once found a bug: simnet/regressions.tsv holds scenario, seed and what was wrong.
set -eu
simnet=$1
tab=$(printf '\t')
count=0
while IFS="$tab" read -r scenario seed what; do
    case $scenario in '#'* | '') continue ;; esac
    if ! "$simnet" run "$scenario" --seed "$seed" >/dev/null; then
        echo "violated again: $what" >&2
        echo "  simnet run $scenario --seed $seed" >&2
        exit 1
    fi
    count=$((count + 1))
done <simnet/regressions.tsv
echo "$count seeds, none violated again"
