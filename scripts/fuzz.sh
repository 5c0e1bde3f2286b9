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
all="record frame address claim range author invitation backup request dataset item graph core"
[ "$wanted" = all ] && wanted="$all"
case " $all " in
    *" ${wanted%% *} "*) ;;
    *) echo "error: no target $wanted; one of: $all" >&2; exit 64 ;;
esac

# libFuzzer clears and reads every counter of the program for each input: 380,000 if everything had them,
# and most of the time would go there. So there are three programs, each with the counters of its rooms.
scope() {
    case $1 in
        record | frame | address | claim | range) echo wire Primitives,Records ;;
        author | invitation | backup | request | dataset | item)
            echo texts Primitives,Cryptography,Datasets,Daemon ;;
        *) echo core Primitives,Records,Ranking,NodeCore,Cryptography,Daemon ;;
    esac
}

# --sanitize=fuzzer leaves the program without a main of its own; what follows it wins, so that libFuzzer
# itself goes in by hand and only the rooms that Package.swift names have counters.
build() {
    export VOUCHBIRD_FUZZER="$2"
    local folder=".build-fuzz/$1" library
    library="$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')"
    library="$library/clang/lib/linux/libclang_rt.fuzzer-$(uname -m).a"
    echo "== building the fuzzer for $1 (AddressSanitizer; the first build takes some minutes)"
    swift build --scratch-path "$folder" --product fuzzer --configuration release \
        --sanitize=fuzzer -Xswiftc -sanitize=address -Xlinker "$library" 2>&1 \
        | { grep -E "error|warning: unre|Compiling|Build" || true; } | tail -3
    program="$(swift build --scratch-path "$folder" --configuration release --show-bin-path)/fuzzer"
}

# Swift's own crash handler would keep libFuzzer from writing the input down. Two frames of an allocation
# cost little; with fewer LeakSanitizer takes everything for reachable and finds nothing.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=malloc_context_size=2:quarantine_size_mb=16
status=0
built=

# search TARGET SECONDS VALUE_PROFILE: 1 also keeps what brings a comparison nearer, at half the speed.
search() {
    if ! VOUCHBIRD_FUZZ_SEEDS="$work/seeds" "$program" "$work/found" "$work/seeds" "$corpus" \
        -max_total_time="$2" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -use_value_profile="$3" -artifact_prefix="$crashes/" -print_final_stats=1 \
        2> "$work/log.$3"; then
        status=1
        echo "   a property broke: see $work/log.$3; again:"
        echo "   VOUCHBIRD_FUZZ_TARGET=$1 SWIFT_BACKTRACE=enable=no $program $crashes/*"
    fi
    grep -E "number_of_executed_units|new_units_added|peak_rss_mb" "$work/log.$3" | sed 's/^/   /' || true
    grep -E "DONE.*cov:" "$work/log.$3" | tail -1 | sed 's/^/   /' || true
}

for target in $wanted; do
    read -r name rooms <<< "$(scope "$target")"
    [ "$built" = "$name" ] || build "$name" "$rooms"
    built="$name"
    export VOUCHBIRD_FUZZ_TARGET=$target
    corpus="Tests/FuzzTests/Corpus/$target"
    work=".build-fuzz/work/$target"
    crashes=".build-fuzz/crashes/$target"
    rm -rf "$work/seeds" && mkdir -p "$work/found" "$work/seeds" "$corpus" "$crashes"
    echo "== $target, $seconds s"
    part=$(((seconds + 9) / 10))
    search "$target" "$part" 1
    [ "$seconds" -gt "$part" ] && search "$target" $((seconds - part)) 0
    if [ "$mode" != --keep ]; then
        # The fewest inputs that reach the same edges; at most 4 KiB each by -max_len.
        rm -rf "$work/merged" && mkdir -p "$work/merged"
        "$program" -merge=1 "$work/merged" "$corpus" "$work/found" 2> "$work/log.merge" || status=1
        rm -f "$corpus"/* && cp "$work/merged"/* "$corpus"/
        echo "   corpus: $(ls "$corpus" | wc -l) inputs, $(du -bs "$corpus" | cut -f1) bytes"
    fi
done
exit $status
