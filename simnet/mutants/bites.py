"""What Byzantine peers and faults do to nodes without the defence against them, and what to ours.

A mutant of the catalogue is a node whose defence is gone. What that costs stands in its file:

    [[bite]]
    peer = "future_dater"             a key of the section `byzantine` of scenarios; or
    fault = "old_copies"              a key of the section `faults`
    scenario = "calm"
    seed = 1
    seeds = 10                        optional: so many, from `seed` on, of which the first that shows it counts
    set = ["nodes.honest=4"]          changes of the scenario, in all of three runs
    with = ["byzantine.attack_edges=1"]   more of them where the attacker or the fault is, beside one of it
    violates = "stored-from-future"   the invariant of docs/simulator.md that does not hold then; or
    figure = "bytes_sent"             a figure of the run, and
    above = 5000000                   what it passes then; `below`: what it falls short of

or, where simnet has no such part, as a queue of the transport or pages of a disk,

    [[bite]]
    peer = "slow_reader"
    suite = "TransportTests"          the suite that kills the mutant by such a peer or fault, as of results.tsv

Three runs: the mutant with the attacker must show the damage, the mutant without it must not, and our
node with it must not, nor violate anything. bites.tsv keeps what was found; a bite is asked again when
the mutant, its file, the peers or the scenario have changed.
Exit code: 0 all bite, 1 some do not, 2 some cannot be asked.
"""
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from planting import HERE, ROOT, Copy, catalogue

RESULTS = HERE / "bites.tsv"
HEADER = ["peer", "mutant", "key", "verdict", "seconds", "undefended", "alone", "ours"]
RUN_SECONDS = 300
KINDS = ROOT / "Sources/Simulator/Byzantine/ByzantineKind.swift"
KEYS = {"peer", "fault", "scenario", "seed", "seeds", "set", "with", "violates", "figure", "above", "below"}


class Bite:
    def __init__(self, mutant, fields):
        self.mutant = mutant
        self.fields = fields
        self.peer = fields.get("peer") or fields.get("fault", "")
        self.suite = fields.get("suite")
        if self.suite:
            if set(fields) - {"peer", "fault", "suite"} or not self.peer:
                raise ValueError(f"{mutant.name}: a bite of a suite has a peer or fault and nothing else")
            if self.suite not in mutant.suites:
                raise ValueError(f"{mutant.name}: {self.suite} is none of its suites")
            return
        self.scenario = fields["scenario"]
        self.seeds = range(fields["seed"], fields["seed"] + fields.get("seeds", 1))
        self.violates = fields.get("violates")
        self.figure = fields.get("figure")
        unknown = set(fields) - KEYS
        if unknown or not self.peer or bool(self.violates) == bool(self.figure):
            raise ValueError(f"{mutant.name}: a bite has one of peer and fault, one of violates and figure, "
                             f"and no {', '.join(sorted(unknown)) or 'others'}")
        if self.figure and ("above" in fields) == ("below" in fields):
            raise ValueError(f"{mutant.name}: a bite by a figure has one bound")

    @property
    def name(self):
        return self.peer + " " + self.mutant.name

    def arguments(self, isPresent, seed):
        section = "byzantine" if "peer" in self.fields else "faults"
        changes = list(self.fields.get("set", []))
        if isPresent:
            changes += [f"{section}.{self.peer}=1"] + self.fields.get("with", [])
        else:
            changes += [f"{section}.{self.peer}=0"]
        flags = [flag for change in changes for flag in ("--set", change)]
        return [self.scenario, "--seed", str(seed)] + flags

    def is_bitten(self, run):
        if self.violates:
            return self.violates in run.violated
        value = run.figures.get(self.figure, 0)
        return value > self.fields["above"] if "above" in self.fields else value < self.fields["below"]

    def seen(self, run):
        """What a run shows, in a few words."""
        if not self.figure:
            return ", ".join(run.violated) or "nothing violated"
        value = f"{self.figure} {run.figures.get(self.figure, 0):g}"
        return value + (", " + ", ".join(run.violated) if run.violated else "")

    def key(self):
        digest = hashlib.sha256(repr(sorted(self.fields.items())).encode())
        digest.update(self.mutant.text)
        if self.suite:
            return digest.hexdigest()[:12]
        for path in [ROOT / self.mutant.file, ROOT / f"simnet/scenarios/{self.scenario}.toml",
                     *sorted(KINDS.parent.glob("*.swift"))]:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]


class Run:
    """What one run of simnet violated, each invariant once in the order of its coming, and its figures."""

    def __init__(self, program, arguments):
        with tempfile.TemporaryDirectory(prefix="vouchbird-bite-") as folder:
            out = pathlib.Path(folder) / "run"
            try:
                ended = subprocess.run(
                    [program, "run", *arguments, "--out", out], cwd=ROOT, capture_output=True, text=True,
                    errors="replace", timeout=RUN_SECONDS)
            except subprocess.TimeoutExpired:
                raise ValueError(f"no end after {RUN_SECONDS} s")
            if ended.returncode not in (0, 1):
                fatal = re.search(r"Fatal error: (.+)", ended.stderr)
                # A broken invariant of the node's own ends its process.
                if not fatal and ended.returncode > 0:
                    raise ValueError(ended.stderr.strip()[-200:])
                self.violated, self.figures = ["process-ended"], {}
                return
            summary = json.loads((out / "summary.json").read_text())
        self.violated = list(dict.fromkeys(one["invariant"] for one in summary["firstViolations"]))
        self.figures = summary["figures"]


def all_bites(mutants):
    return [Bite(mutant, fields) for mutant in mutants for fields in mutant.bites]


def kinds():
    """The names of Byzantine peers, as scenarios have them."""
    text = KINDS.read_text().split("var count")[0]
    return [raw or name for name, raw in re.findall(r'^    case (\w+)(?: = "(\w+)")?$', text, re.M)]


def problems(mutants):
    """What is wrong with the bites of the whole catalogue."""
    found = []
    for mutant in mutants:
        try:
            all_bites([mutant])
        except (ValueError, KeyError) as problem:
            found.append(f"{mutant.name}: {problem}")
    if found:
        return found
    shown = {bite.peer for bite in all_bites(mutants)}
    return [f"byzantine.{kind}: no mutant has a bite of it" for kind in kinds() if kind not in shown]


def judge(bite, program, ours):
    """Verdict and what the three runs showed, of simnet with the mutant and of ours."""
    for seed in bite.seeds:
        undefended = Run(program, bite.arguments(True, seed))
        if bite.is_bitten(undefended):
            break
    else:
        return "does not bite", [bite.seen(undefended), "", ""]
    alone = Run(program, bite.arguments(False, seed))
    defended = Run(ours, bite.arguments(True, seed))
    seen = [bite.seen(undefended), bite.seen(alone), bite.seen(defended)]
    if bite.is_bitten(alone):
        return "bites alone", seen
    if bite.is_bitten(defended) or defended.violated:
        return "bites us", seen
    return "bites", seen


def of_campaign(bite, verdicts):
    """The same by what `make mutants` found."""
    row = verdicts.get(bite.mutant.name, {})
    isKilled = row.get("verdict") == "killed" and row["suite"] == bite.suite
    seen = f"{bite.suite}: {row['witness']}" if isKilled else "not killed by " + bite.suite
    return "bites" if isKilled else "does not bite", [seen, "the test does not ask", "the test passes"]


def build(copy):
    built, output = copy.build_program("simnet")
    if not built:
        found = re.search(r"error: (.+)", output)
        raise ValueError("does not compile: " + (found.group(1) if found else output[-200:]))


def ask(bites, copy, rows, verdicts):
    """Builds ours once, and each mutant once."""
    ours = copy.folder.parent / "simnet-ours"
    if any(not bite.suite for bite in bites):
        build(copy)
        shutil.copy2(copy.program("simnet"), ours)
    for number, bite in enumerate(bites, 1):
        begin = time.monotonic()
        mutant = bite.mutant
        try:
            if bite.suite:
                verdict, seen = of_campaign(bite, verdicts)
            else:
                # Of one mutant the second bite finds it planted and built.
                copy.put(mutant.file, mutant.applied().encode())
                build(copy)
                verdict, seen = judge(bite, copy.program("simnet"), ours)
        except ValueError as problem:
            verdict, seen = "error", [re.sub(r"\s+", " ", str(problem)), "", ""]
        finally:
            if number == len(bites) or bites[number].mutant is not mutant:
                copy.put(mutant.file, (ROOT / mutant.file).read_bytes())
        seconds = time.monotonic() - begin
        print(f"{number}/{len(bites)} {verdict:14}{seconds:5.0f} s  {bite.name}: {' | '.join(seen)}", flush=True)
        rows[bite.name] = dict(zip(HEADER, [
            bite.peer, mutant.name, bite.key(), verdict, f"{seconds:.0f}", *seen]))
        write(rows)


def read():
    if not RESULTS.exists():
        return {}
    lines = [line.split("\t") for line in RESULTS.read_text().splitlines()]
    return {f"{line[0]} {line[1]}": dict(zip(HEADER, line)) for line in lines[1:]}


def write(rows):
    known = {bite.name for bite in all_bites(catalogue("*"))}
    lines = ["\t".join(HEADER)]
    lines += ["\t".join(rows[name][field] for field in HEADER) for name in sorted(rows) if name in known]
    RESULTS.write_text("\n".join(lines) + "\n")


def table(bites, rows):
    """The document of the bites, from the results alone."""
    yield "# What bites\n"
    yield ("Written by `make bites` from `simnet/mutants/bites.tsv`: each line is a Byzantine peer or a fault in a small "
           "network of nodes,\nonce without the defence against it, once as they are. Without the attacker the undefended "
           "show none of the damage.\n")
    biting = sum(rows.get(bite.name, {}).get("verdict") == "bites" for bite in bites)
    stale = [bite.name for bite in bites if bite.name in rows and rows[bite.name]["key"] != bite.key()]
    yield f"{len(bites)} bites: {biting} bite the undefended and not us.\n"
    if stale:
        yield f"{len(stale)} lines, marked *, are of an earlier state; `make bites` asks again.\n"
    yield "| attacker or fault | defence that is removed | what happens then | without it | what happens to us |"
    yield "|---|---|---|---|---|"
    for bite in sorted(bites, key=lambda bite: ("fault" in bite.fields, bite.name)):
        row = rows.get(bite.name, {})
        verdict = row.get("verdict", "not asked")
        mark = " *" if bite.name in stale else ""
        mark += "" if verdict == "bites" else f" ({verdict})"
        section = "byzantine" if "peer" in bite.fields else "faults"
        cells = [row.get(field, "") for field in ("undefended", "alone", "ours")]
        yield (f"| `{section}.{bite.peer}`{mark} | {bite.mutant.breaks} (`{bite.mutant.name}`) | "
               + " | ".join(cells) + " |")


def main(mutants, arguments, verdicts):
    """`verdicts`: the results of the campaign, by mutant."""
    bites, rows = all_bites(mutants), read()
    if arguments.table:
        print("\n".join(table(bites, rows)))
        return 0
    waiting = [bite for bite in bites if arguments.fresh or bite.name not in rows
               or rows[bite.name]["key"] != bite.key() or rows[bite.name]["verdict"] != "bites"]
    waiting.sort(key=lambda bite: (bite.mutant.file, bite.mutant.name, bite.name))
    print(f"{len(bites)} bites, {len(bites) - len(waiting)} known from before", flush=True)
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="vouchbird-bites-"))
    try:
        if waiting:
            ask(waiting, Copy(folder), rows, verdicts)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    verdicts = [rows[bite.name]["verdict"] for bite in bites]
    for verdict in sorted(set(verdicts)):
        print(f"{verdict}: {verdicts.count(verdict)}")
    return 2 if "error" in verdicts else 1 if any(verdict != "bites" for verdict in verdicts) else 0
