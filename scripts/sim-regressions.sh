#!/bin/sh
# Repeats every run that once found a bug. simnet/regressions holds each scenario as its seed resolved it, so that a
# later change of a scenario, or of what a swarm draws, does not change what is repeated.
set -eu
simnet=$1
tab=$(printf '\t')
count=0
while IFS="$tab" read -r name seed what; do
    case $name in '#'* | '') continue ;; esac
    file=simnet/regressions/$name.toml
    if ! "$simnet" run "$file" --seed "$seed" >/dev/null; then
        echo "violated again: $what" >&2
        echo "  simnet run $file --seed $seed" >&2
        exit 1
    fi
    count=$((count + 1))
done <simnet/regressions/list.tsv
echo "$count runs, none violated again"
