"""The same seeds give the same bytes on a Dask cluster as in processes of this machine.

Run by `make test-cluster`, with the built simnet as argument. Says when dask is not installed.
"""
import filecmp
import pathlib
import subprocess
import sys
import tempfile


def tree(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def sweep(simnet, out, *more):
    command = [simnet, "sweep", "calm", "--seeds", "1..6", "--set", "run.active_seconds=20",
               "--set", "run.settle_seconds=20", "--out", str(out), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=None)
    return [line for line in done.stdout.split("\n") if "\t" in line]


def main():
    try:
        from dask.distributed import LocalCluster
    except ImportError:
        print("skipped: needs dask: pip install -r simnet/cluster/requirements.txt")
        return
    simnet = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder, LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        here, there = pathlib.Path(folder) / "here", pathlib.Path(folder) / "there"
        lines = sweep(simnet, here, "--jobs", "2")
        assert len(lines) == 6, lines
        assert sweep(simnet, there, "--cluster", cluster.scheduler_address) == lines
        assert tree(here) == tree(there) and len(tree(here)) == 6 * 5, tree(there)
        for name in tree(here):
            # The manifest holds the wall time.
            if name.name != "manifest.json":
                assert filecmp.cmp(here / name, there / name, shallow=False), name
    print("6 seeds: the same lines and the same files")


if __name__ == "__main__":
    main()
