#!/usr/bin/env bash
# test.sh COMMAND...: runs the tests. What failed comes once more at the end: a log of these tests has many thousand
# lines, and whoever is shown only its end has to see why.
set -uo pipefail
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
if ((code)); then
    printf '== failed\n'
    grep -aE '^(✘ |error: |.*(Fatal error|fatal error|unexpected signal))' "$log" | cut -c1-400 | tail -40
fi
exit "$code"
