"""Hands the shares of a sweep to a Dask scheduler. Started by `simnet sweep --cluster ADDRESS`.

Reads one JSON document from standard input: address, simnet (the program on the machines of the cluster), scenario
(the text of its file), shares (lists of neighbouring seeds) and out (where run directories go, here; or
null). Writes to standard output what the workers write, a share at a time as they finish, and `died SEED` for
a seed whose process ended.
"""
import json
import pathlib
import subprocess
import sys
import tempfile


def work(simnet, scenario, seeds, keeps):
    """Runs on a machine of the cluster: the lines of a share, and the files of its run directories."""
    lines, files = [], {}
    with tempfile.TemporaryDirectory(prefix="simnet-") as folder:
        file = pathlib.Path(folder) / "scenario.toml"
        file.write_text(scenario, encoding="utf-8")
        runs = pathlib.Path(folder) / "runs"
        done = 0
        while done < len(seeds):
            command = [simnet, "sweep", str(file), "--worker", "--seeds", f"{seeds[done]}..{seeds[-1]}"]
            if keeps:
                command += ["--out", str(runs)]
            child = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            found = [line for line in child.stdout.decode().split("\n") if line.startswith("done\t")]
            if not found and child.returncode in (64, 65, 74):
                raise RuntimeError(child.stderr.decode(errors="replace"))
            lines += found
            done += len(found)
            if done < len(seeds):
                lines.append(f"died\t{seeds[done]}")
                done += 1
        if keeps:
            files = {str(path.relative_to(runs)): path.read_bytes()
                     for path in sorted(runs.rglob("*")) if path.is_file()}
    return lines, files


def keep(files, out):
    """Writes run directories; manifests last, because a directory that has one is complete."""
    for name in sorted(files, key=lambda name: (name.endswith("manifest.json"), name)):
        path = pathlib.Path(out) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])


def main():
    try:
        from dask.distributed import Client, as_completed
    except ImportError:
        sys.exit("dask is not installed: pip install -r simnet/cluster/requirements.txt")
    job = json.load(sys.stdin)
    out = job.get("out")
    try:
        client = Client(job["address"], timeout="10s")
    except (OSError, TimeoutError) as problem:
        sys.exit(f"no Dask scheduler answers at {job['address']}: {problem}")
    with client:
        futures = [client.submit(work, job["simnet"], job["scenario"], seeds, out is not None, pure=False)
                   for seeds in job["shares"]]
        for future in as_completed(futures):
            lines, files = future.result()
            if out is not None:
                keep(files, out)
            print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
