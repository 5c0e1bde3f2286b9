#!/usr/bin/env bash
# Searches for inputs that break a property of Tests/FuzzTargets, with libFuzzer and AddressSanitizer.
#
#   scripts/fuzz.sh TARGET|all SECONDS          search; what is new and small goes into the corpus
#   scripts/fuzz.sh TARGET|all SECONDS --keep   search without touching the corpus of the repository
#
# A crash leaves its input in .build-fuzz/crashes and the command that repeats it on the screen.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wanted="${1:?name a target, or all}"
seconds="${2:?seconds for each target}"
mode="${3:-}"
all="record frame address range core author invitation backup request graph dataset item"
[ "$wanted" = all ] && wanted="$all"
case " $all " in
    *" ${wanted%% *} "*) ;;
    *) echo "error: no target $wanted; one of: $all" >&2; exit 64 ;;
esac

echo "== building the fuzzer (AddressSanitizer; the first build takes some minutes)"
export VOUCHBIRD_FUZZER=1
# The sanitizers go in by hand: SwiftPM's two --sanitize flags together lose the coverage.
swift build --scratch-path .build-fuzz --product fuzzer --configuration release \
    --sanitize=fuzzer -Xswiftc -sanitize=address,fuzzer 2>&1 | { grep -E "error|warning: unre|Compiling|Build" || true; } | tail -3
program="$(swift build --scratch-path .build-fuzz --configuration release --show-bin-path)/fuzzer"

# Swift's own crash handler would keep libFuzzer from writing the input down.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
status=0
for target in $wanted; do
    export VOUCHBIRD_FUZZ_TARGET=$target
    corpus="Tests/FuzzTests/Corpus/$target"
    work=".build-fuzz/work/$target"
    crashes=".build-fuzz/crashes/$target"
    rm -rf "$work/seeds" && mkdir -p "$work/found" "$work/seeds" "$corpus" "$crashes"
    echo "== $target, $seconds s"
    if ! VOUCHBIRD_FUZZ_SEEDS="$work/seeds" "$program" "$work/found" "$work/seeds" "$corpus" \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -use_value_profile=1 -artifact_prefix="$crashes/" -print_final_stats=1 \
        2> "$work/log"; then
        status=1
        echo "   a property broke: see $work/log; again:"
        echo "   VOUCHBIRD_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no $program $crashes/*"
    fi
    grep -E "number_of_executed_units|new_units_added|peak_rss_mb" "$work/log" | sed 's/^/   /' || true
    grep -E "DONE.*cov:" "$work/log" | tail -1 | sed 's/^/   /' || true
    if [ "$mode" != --keep ]; then
        # The fewest inputs that reach the same edges; at most 4 KiB each by -max_len.
        rm -rf "$work/merged" && mkdir -p "$work/merged"
        "$program" -merge=1 "$work/merged" "$corpus" "$work/found" 2>> "$work/log" || status=1
        rm -f "$corpus"/* && cp "$work/merged"/* "$corpus"/
        echo "   corpus: $(ls "$corpus" | wc -l) inputs, $(du -bs "$corpus" | cut -f1) bytes"
    fi
done
exit $status
