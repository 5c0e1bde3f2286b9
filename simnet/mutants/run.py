#!/usr/bin/env python3
"""Plants one bug at a time in a copy of the sources and asks the tests whether they notice.

A mutant is a file catalogue/NAME.toml:

    breaks = "the rule that the bug breaks"
    suites = ["NodeCoreTests"]        what should notice it, asked in this order; the part before a
                                      dot or slash is a test target, the whole is a --filter
    file = "Sources/..."              where
    old = '''...'''                   text that stands there exactly once
    new = '''...'''                   the bug

    [[bite]]                          optional, any number: what it does in simnet to a network with an
                                      attacker or a fault, see bites.py

The copy holds only the targets that a suite needs, in a debug build of its own, so that a mutant costs
the modules that it touches. A suite must pass without any mutant before its verdict counts. results.tsv
keeps what was found; a mutant is asked again when it, its file, or the test that noticed it has changed.
Exit code: 0 all killed, 1 some survived, 2 some do not apply, do not compile or a suite fails unchanged.
"""
import argparse
import pathlib
import re
import shutil
import sys
import tempfile
import time

import bites
from planting import HERE, ROOT, TEST_SECONDS, Copy, catalogue, target_of

RESULTS = HERE / "results.tsv"
HEADER = ["mutant", "key", "verdict", "suite", "seconds", "witness"]


def witness(code, output):
    """Who noticed: the first failing test, or how the process ended."""
    if code is None:
        return f"no end after {TEST_SECONDS} s"
    for line in output.split("\n"):
        match = re.search(r'Test "(.+?)" (?:with \d+ test cases? )?(?:recorded an issue|failed)', line)
        match = match or re.search(r"Test (\w+\(.*?\)) (?:recorded an issue|failed)", line)
        if match:
            return match.group(1)
    fatal = re.search(r"Fatal error: (.+)", output)
    return "the process ended: " + (fatal.group(1)[:80] if fatal else f"exit code {code}")


# The campaign


class Campaign:
    def __init__(self, copy, rows):
        self.copy = copy
        self.rows = rows
        self.sound = {}

    def is_sound(self, suite):
        """Whether a suite passes without any mutant."""
        if suite not in self.sound:
            built, output = self.copy.build(target_of(suite))
            code = 1
            if built:
                code, output = self.copy.test(suite)
            self.sound[suite] = code == 0
            if code != 0:
                print(f"{suite} fails without any mutant:\n{output[-3000:]}", file=sys.stderr)
        return self.sound[suite]

    def judge(self, mutant):
        begin = time.monotonic()
        if not all(self.is_sound(suite) for suite in mutant.suites):
            return "error", mutant.suites[-1], 0, "the suite fails without the mutant"
        begin = time.monotonic()
        try:
            self.copy.put(mutant.file, mutant.applied().encode())
        except ValueError as problem:
            return "error", "", 0, str(problem)
        try:
            for suite in mutant.suites:
                built, output = self.copy.build(target_of(suite))
                if not built:
                    found = re.search(r"error: (.+)", output)
                    message = found.group(1) if found else output[-200:]
                    return "error", suite, time.monotonic() - begin, "does not compile: " + message
                code, output = self.copy.test(suite)
                if code != 0:
                    return "killed", suite, time.monotonic() - begin, witness(code, output)
            return "survived", mutant.suites[-1], time.monotonic() - begin, ""
        finally:
            self.copy.put(mutant.file, (ROOT / mutant.file).read_bytes())

    def run(self, mutants):
        for number, mutant in enumerate(mutants, 1):
            verdict, suite, seconds, seen = self.judge(mutant)
            seen = re.sub(r"\s+", " ", seen)[:160]
            print(f"{number}/{len(mutants)} {verdict:9}{seconds:5.0f} s  {mutant.name}: {seen}", flush=True)
            self.rows[mutant.name] = {
                "mutant": mutant.name, "key": mutant.key(seen), "verdict": verdict, "suite": suite,
                "seconds": f"{seconds:.0f}", "witness": seen}
            write(self.rows)


def read():
    if not RESULTS.exists():
        return {}
    lines = [line.split("\t") for line in RESULTS.read_text().splitlines()]
    return {line[0]: dict(zip(HEADER, line)) for line in lines[1:]}


def write(rows):
    known = {path.stem for path in (HERE / "catalogue").glob("*.toml")}
    lines = ["\t".join(HEADER)]
    lines += ["\t".join(rows[name][field] for field in HEADER) for name in sorted(rows) if name in known]
    RESULTS.write_text("\n".join(lines) + "\n")


def table(mutants, rows):
    """The document of the campaign, from the results alone."""
    def cell(text):
        return text.replace("|", "\\|")

    present = [rows[mutant.name] for mutant in mutants if mutant.name in rows]
    count = {verdict: sum(row["verdict"] == verdict for row in present)
             for verdict in ("killed", "survived", "error")}
    yield "# Mutants\n"
    yield ("Written by `make mutants` from `simnet/mutants/results.tsv`: each line is a bug that was planted in a "
           "copy of the sources,\nwith the first test that noticed.\n")
    yield (f"{len(mutants)} mutants: {count['killed']} killed, {count['survived']} survived, "
           f"{count['error']} errors, {len(mutants) - len(present)} not asked yet.\n")
    stale = [mutant.name for mutant in mutants if mutant.name in rows and not is_known(mutant, rows)]
    if stale:
        yield (f"{len(stale)} verdicts, marked *, are of an earlier state of their file or test; "
               "`make mutants` asks again.\n")
    yield "| mutant | what it breaks | verdict | noticed by |"
    yield "|---|---|---|---|"
    for mutant in mutants:
        row = rows.get(mutant.name)
        verdict, seen = (row["verdict"], row["witness"]) if row else ("not asked", "")
        verdict += " *" if mutant.name in stale else ""
        suite = target_of(row["suite"]) + ": " if row and row["suite"] and seen else ""
        yield f"| `{mutant.name}` | {cell(mutant.breaks)} | {verdict} | {cell(suite + seen)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="*", help="names of mutants, as in 'storage-* core-stem*'")
    parser.add_argument("--check", action="store_true", help="only say which mutants do not apply")
    parser.add_argument("--bites", action="store_true",
                        help="what each Byzantine peer and fault does to a node without its defence")
    parser.add_argument("--table", action="store_true", help="only print the document of the results")
    parser.add_argument("--fresh", action="store_true", help="ask again what was asked before")
    parser.add_argument("--keep", metavar="DIR", help="keep the copy and its build here for the next time")
    arguments = parser.parse_args()
    mutants = catalogue(arguments.pattern)
    if arguments.bites:
        return bites.main(mutants, arguments, read())
    rows = read()
    if arguments.table:
        print("\n".join(table(mutants, rows)))
        return 0
    if arguments.check:
        return check(mutants)
    waiting = [mutant for mutant in mutants if arguments.fresh or not is_known(mutant, rows)]
    # One suite after the other: a change of suite changes the manifest.
    waiting.sort(key=lambda mutant: (mutant.suites, mutant.file, mutant.name))
    print(f"{len(mutants)} mutants, {len(mutants) - len(waiting)} known from before", flush=True)
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="vouchbird-mutants-"))
    try:
        if waiting:
            Campaign(Copy(folder), rows).run(waiting)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    verdicts = [rows[mutant.name]["verdict"] for mutant in mutants]
    for verdict in ("killed", "survived", "error"):
        print(f"{verdict} {verdicts.count(verdict)}")
    return 2 if "error" in verdicts else 1 if "survived" in verdicts else 0


def is_known(mutant, rows):
    row = rows.get(mutant.name)
    if row is None or row["verdict"] == "error":
        return False
    try:
        mutant.applied()
    except ValueError:
        return False
    return row["key"] == mutant.key(row["witness"])


def check(mutants):
    code = 0
    for mutant in mutants:
        try:
            mutant.applied()
        except ValueError as problem:
            print(f"{mutant.name}: {problem}")
            code = 2
    for problem in bites.problems(mutants):
        print(problem)
        code = 2
    print(f"{len(mutants)} mutants looked at")
    return code


if __name__ == "__main__":
    sys.exit(main())
