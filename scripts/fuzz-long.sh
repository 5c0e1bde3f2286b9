#!/usr/bin/env bash
# Runs a property of Tests/FuzzTargets on very many inputs: an optimised build without a sanitizer.
#
#   scripts/fuzz-long.sh TARGET|decoders|all RUNS JOBS SEED FIRST
#
# Inputs are numbered, and a number of a seed is always the same bytes: JOBS processes share numbers
# FIRST to FIRST + RUNS. Ctrl-C ends it and says what was done. An input that breaks a property, takes
# over 100 ms or makes memory grow is left in .build-fuzz/crashes, with the command that repeats it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wanted="${1:?name a target, decoders or all}"
runs="${2:?how many executions for each target}"
jobs="${3:?how many processes}"
seed="${4:-1}"
first="${5:-0}"
# Of which T14 asks 10^8 executions: not where a signature, a ranking or a whole core is part of each.
decoders="record frame address range author invitation backup request dataset item"
case " all decoders $decoders claim graph core " in
    *" $wanted "*) ;;
    *) echo "error: no target $wanted; decoders, all, or one of: $decoders claim graph core" >&2; exit 64 ;;
esac
[ "$wanted" = decoders ] && wanted="$decoders"
# A program of `core` takes 5 ms: name it alone, with its own RUNS.
[ "$wanted" = all ] && wanted="$decoders claim graph"

echo "== building fuzz-long (release)"
swift build --configuration release --product fuzz-long
program="$(swift build --configuration release --show-bin-path)/fuzz-long"

# Swift's crash handler takes seconds and says nothing that a repetition does not. No order of a hash
# table may differ from one process to the next.
export SWIFT_BACKTRACE=enable=no SWIFT_DETERMINISTIC_HASHING=1
# Whoever asks for more breaks.
ulimit -v 8000000

work="$(mktemp -d "${TMPDIR:-/tmp}/fuzz-long.XXXXXX")"
workers=()
interrupted=
stop() {
    interrupted=yes
    kill "${workers[@]}" 2> /dev/null || true
}
trap stop INT TERM
trap 'rm -rf "$work"' EXIT

# What the workers told last, together: executions, rate, slowest input, memory.
summary() {
    tail -qn 1 "$work"/log.* 2> /dev/null | awk -F '\t' -v target="$1" '
        { n += $1; if ($2 > t) t = $2; if ($3 >= slow) { slow = $3; which = $4 }; memory += $5 }
        END { if (t > 0) printf "%-10s %12d executions %7d s %9d a second, slowest %.3f ms (input %d), %d MiB\n",
            target, n, t / 1e9, n / (t / 1e9), slow / 1e6, which, memory / 1048576 }'
}

# Repeats what worker $2 of target $1 died in, input by input, and keeps it.
keep() {
    local told number
    told="$(tail -n 1 "$work/log.$2" | cut -f 1)"
    told=$((${told:-0} * jobs))
    if number="$("$program" "$1" --runs $((runs - told)) --first $((first + told)) --jobs "$jobs" \
        --job "$2" --seed "$seed" --each 2> "$work/message" | tail -n 1)"; then
        echo "   $1: a process died (code $3), and what it ran does not break again"
        return
    fi
    local message
    message="$(head -n 1 "$work/message")"
    say "$1" "$number" "${message:-it did not end within 20 s}"
}

# What worker $2 of target $1 ended with by itself.
slow() {
    local nanoseconds number
    read -r _ _ nanoseconds number _ < <(tail -n 1 "$work/log.$2")
    if [ "$nanoseconds" -gt 100000000 ]; then
        say "$1" "$number" "it took $((nanoseconds / 1000000)) ms"
    else
        echo "   $1 broke: memory grew, see below"
    fi
}

# Keeps input $2 of target $1, with what is wrong with it.
say() {
    mkdir -p ".build-fuzz/crashes/$1"
    "$program" "$1" --first "$2" --seed "$seed" --write ".build-fuzz/crashes/$1/$seed-$2"
    echo "   $1 broke: $3"
    echo "   the input: .build-fuzz/crashes/$1/$seed-$2; again:"
    echo "   $program $1 --seed $seed --first $2 --runs 1"
}

status=0
for target in $wanted; do
    workers=()
    rm -f "$work"/log.*
    for ((job = 0; job < jobs; job++)); do
        "$program" "$target" --runs "$runs" --first "$first" --seed "$seed" \
            --jobs "$jobs" --job "$job" > "$work/log.$job" 2> /dev/null &
        workers+=($!)
    done
    (
        trap 'kill "$pause"; exit' TERM
        while :; do
            sleep 60 &
            pause=$!
            wait "$pause"
            summary "$target"
        done
    ) &
    ticker=$!
    for ((job = 0; job < jobs; job++)); do
        code=0
        { wait "${workers[$job]}" || code=$?; } 2> /dev/null
        # The trap has run and the worker is gone, or a signal cut the wait short.
        [ -n "$interrupted" ] && continue
        case $code in
            0) ;;
            1) status=1; slow "$target" "$job" ;;
            *) status=1; keep "$target" "$job" "$code" ;;
        esac
    done
    kill "$ticker" 2> /dev/null || true
    wait "$ticker" 2> /dev/null || true
    summary "$target"
    if [ -n "$interrupted" ]; then
        # After the worker that came furthest: no number runs twice.
        most="$(tail -qn 1 "$work"/log.* | cut -f 1 | sort -n | tail -n 1)"
        echo "   to go on: FIRST=$((first + ${most:-0} * jobs))"
        exit 130
    fi
done
exit $status
