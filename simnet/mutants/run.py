#!/usr/bin/env python3
"""Plants one bug at a time in a copy of the sources and asks the tests whether they notice.

A mutant is a file catalogue/NAME.toml:

    breaks = "the rule that the bug breaks"
    suites = ["NodeCoreTests"]        what should notice it, asked in this order; the part before a
                                      dot or slash is a test target, the whole is a --filter
    file = "Sources/..."              where
    old = '''...'''                   text that stands there exactly once
    new = '''...'''                   the bug

The copy holds only the targets that a suite needs, in a debug build of its own, so that a mutant costs
the modules that it touches. A suite must pass without any mutant before its verdict counts. results.tsv
keeps what was found; a mutant is asked again when it, its file, or the test that noticed it has changed.
Exit code: 0 all killed, 1 some survived, 2 some do not apply, do not compile or a suite fails unchanged.
"""
import argparse
import fnmatch
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results.tsv"
HEADER = ["mutant", "key", "verdict", "suite", "seconds", "witness"]
# A bug may make a test wait for ever.
TEST_SECONDS = 600
BUILD_SECONDS = 3600


class Mutant:
    def __init__(self, path):
        with open(path, "rb") as file:
            fields = tomllib.load(file)
        self.name = path.stem
        self.breaks = fields["breaks"]
        self.suites = fields["suites"]
        self.file = fields["file"]
        self.old = fields["old"]
        self.new = fields["new"]
        self.text = path.read_bytes()

    def applied(self):
        """The mutated source; raises ValueError when the mutant does not fit."""
        path = ROOT / self.file
        source = path.read_text() if path.exists() else ""
        places = source.count(self.old)
        if places != 1:
            raise ValueError(f"the old text stands {places} times in {self.file}")
        return source.replace(self.old, self.new)

    def key(self, witness):
        """Changes with everything that a verdict rests on: the mutant, its file, and the tests that noticed, or
        all that did not."""
        digest = hashlib.sha256(self.text)
        digest.update((ROOT / self.file).read_bytes())
        tests = [path.read_text() for suite in self.suites
                 for path in sorted((ROOT / "Tests" / target_of(suite)).rglob("*.swift"))]
        noticed = [text for text in tests if witness and witness in text]
        for text in noticed or tests:
            digest.update(text.encode())
        return digest.hexdigest()[:12]


def target_of(suite):
    return re.split(r"[./]", suite)[0]


def catalogue(patterns):
    paths = sorted((HERE / "catalogue").glob("*.toml"))
    return [Mutant(path) for path in paths
            if any(fnmatch.fnmatch(path.stem, pattern) for pattern in patterns.split())]


# The copy


def calls(text):
    """The elements of the manifest's `targets:` with their names."""
    opening = "\n    targets: ["
    start = text.index(opening) + len(opening)
    found, depth, begin = [], 0, None
    for position in range(start, len(text)):
        letter = text[position]
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                body = text[begin : position + 1]
                found.append((re.search(r'"([^"]+)"', body).group(1), body, begin, position + 1))
                begin = None
        elif letter == "]" and depth == 0:
            return found, start, position
        elif begin is None and (letter.isalpha() or letter == "."):
            begin = position
    raise ValueError("Package.swift: no end of its targets")


def manifest(text, target):
    """The manifest with one test target and what it needs."""
    text = re.sub(r"^\s*//(?! swift-tools-version).*\n", "", text, flags=re.M)
    found, start, end = calls(text)
    bodies = {name: body for name, body, _, _ in found}
    kept, waiting = set(), [target, "TestSupport"]
    while waiting:
        name = waiting.pop()
        if name in kept or name not in bodies:
            continue
        kept.add(name)
        waiting += re.findall(r'"([^"]+)"', bodies[name])
    elements = ",\n".join(body for name, body, _, _ in found if name in kept)
    text = text[:start] + elements + text[end:]
    return re.sub(r'^\s*\.executable\(name.*\n', "", text, flags=re.M)


class Copy:
    def __init__(self, folder):
        self.folder = folder / "tree"
        self.scratch = folder / "build"
        self.sync()
        self.target = None

    def sync(self):
        """Brings the copy to the state of the working tree, touching only what differs."""
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout.split("\n")
        wanted = {name for name in listed if name.startswith(("Sources/", "Tests/"))}
        wanted = {name for name in wanted if (ROOT / name).is_file()}
        for path in list(self.folder.rglob("*")) if self.folder.exists() else []:
            name = str(path.relative_to(self.folder))
            if path.is_file() and name.startswith(("Sources/", "Tests/")) and name not in wanted:
                path.unlink()
        for name in wanted:
            self.put(name, (ROOT / name).read_bytes())

    def put(self, name, content):
        path = self.folder / name
        if path.exists() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def aim(self, target):
        text = (ROOT / "Package.swift").read_text()
        self.put("Package.swift", manifest(text, target).encode())

    def swift(self, *arguments, seconds):
        """Exit code and output; None for a code when time ran out."""
        command = ["swift", *arguments, "--package-path", str(self.folder),
                   "--scratch-path", str(self.scratch)]
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", start_new_session=True)
        try:
            output, _ = child.communicate(timeout=seconds)
            return child.returncode, output
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            return None, child.communicate()[0]

    def build(self, target):
        self.aim(target)
        code, output = self.swift("build", "--build-tests", seconds=BUILD_SECONDS)
        return code == 0, output

    def test(self, suite):
        return self.swift("test", "--skip-build", "--filter", suite, seconds=TEST_SECONDS)


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
    parser.add_argument("--table", action="store_true", help="only print the document of the results")
    parser.add_argument("--fresh", action="store_true", help="ask again what was asked before")
    parser.add_argument("--keep", metavar="DIR", help="keep the copy and its build here for the next time")
    arguments = parser.parse_args()
    mutants, rows = catalogue(arguments.pattern), read()
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
    print(f"{len(mutants)} mutants looked at")
    return code


sys.exit(main())
