"""Mutants as files, and a copy of the sources that one of them at a time is planted in."""
import fnmatch
import hashlib
import os
import pathlib
import re
import subprocess
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
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
        self.bites = fields.get("bite", [])
        # What it does to whom is no part of what the suites judge.
        self.text = path.read_bytes().partition(b"\n[[bite]]")[0]

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


def manifest(text, targets):
    """The manifest with a few targets and what they need."""
    text = re.sub(r"^\s*//(?! swift-tools-version).*\n", "", text, flags=re.M)
    found, start, end = calls(text)
    bodies = {name: body for name, body, _, _ in found}
    kept, waiting = set(), list(targets)
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
    """The sources and a build of their own, in a folder."""

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

    def aim(self, *targets):
        text = (ROOT / "Package.swift").read_text()
        self.put("Package.swift", manifest(text, targets).encode())

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
        self.aim(target, "TestSupport")
        code, output = self.swift("build", "--build-tests", seconds=BUILD_SECONDS)
        return code == 0, output

    def build_program(self, name):
        self.aim(name)
        code, output = self.swift("build", "--product", name, seconds=BUILD_SECONDS)
        return code == 0, output

    def program(self, name):
        return self.scratch / "debug" / name

    def test(self, suite):
        return self.swift("test", "--skip-build", "--filter", suite, seconds=TEST_SECONDS)
