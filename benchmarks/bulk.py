"""How fast do many records come in and go out, beside GDAL's ogr2ogr in the same run?

    python -m benchmarks.bulk --rows 10000 100000 --rounds 3
    python -m benchmarks.bulk --rows 1000000 --rounds 1

In: `qadam import` of newline GeoJSON into a registry that holds 1,000 deposits checks every row,
finds its countries, cross-references it and keeps a revision; ogr2ogr makes a new GeoPackage of the
same file and checks nothing. Out: `qadam export` of all projects as GeoJSON; ogr2ogr writes the
published columns of the same table. Both are whole programs, start-up included, and take turns.
"""

import argparse
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import orjson

from benchmarks import synthetic
from registry.collections import PROJECTS
from registry.database.store import REGISTRY_FILE

QADAM = (sys.executable, "-m", "web.cli")
# What is set for our own use of GDAL is not for ogr2ogr; compiled modules are kept, as where Qadam
# is installed.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if "_SKIP" not in name and name != "PYTHONDONTWRITEBYTECODE"
}
PUBLISHED = [prop.name for prop in PROJECTS.properties if prop.column]
DEPOSITS = 1_000
SAMPLE = 200
"""Every so-manieth record's contents are compared with the file it came from."""


@dataclass(frozen=True, slots=True)
class Run:
    """One program from start to end: seconds by the clock and of the processor, and the most
    memory it held in megabytes.
    """

    seconds: float
    busy: float
    megabytes: float


Runs = dict[str, list[Run]]
"""The rounds of each job."""


def main() -> None:
    """Print a table for each number of rows, then how each job grows."""
    asked = _arguments()
    if not shutil.which("ogr2ogr"):
        sys.exit("ogr2ogr is not there to compare with; install gdal-bin.")
    with tempfile.TemporaryDirectory(prefix="qadam-bulk-") as folder:
        ENVIRONMENT["PYTHONPYCACHEPREFIX"] = f"{folder}/modules"
        base = _base(Path(folder))
        medians = {rows: _measure(rows, base, asked.rounds) for rows in asked.rows}
    for small, large in pairwise(sorted(medians)):
        for job in medians[small]:
            times = medians[large][job] / medians[small][job]
            print(f"{job}: {small:,} to {large:,} rows takes {times:.1f} x as long")


def _measure(rows: int, base: Path, rounds: int) -> dict[str, float]:
    """Time both programs on both jobs; print and return the medians in seconds."""
    source = synthetic.write(base.parent / f"{rows}.geojsonl", synthetic.projects(rows))
    print(
        f"\n{rows:,} projects, {source.stat().st_size / 1e6:.0f} MB of newline GeoJSON", flush=True
    )
    runs: Runs = {}
    for _ in range(rounds):
        _bring_in(source, base, runs)
    for _ in range(rounds):
        _send_out(base.parent, runs)
    _prove(source, base.parent, rows)
    for ours, theirs in (("qadam import", "ogr2ogr import"), ("qadam export", "ogr2ogr export")):
        for job in (ours, theirs):
            busy = statistics.median(run.busy for run in runs[job])
            print(f"  {job:16} {_median(runs[job]):8.2f} s  {busy:8.2f} s of the processor")
        both = list(zip(runs[ours], runs[theirs], strict=True))
        clock = statistics.median(one.seconds / other.seconds for one, other in both)
        busy = statistics.median(one.busy / other.busy for one, other in both)
        peak = max(run.megabytes for run in runs[ours])
        print(f"  ours {_told(clock)} by the clock, {_told(busy)} by the processor, {peak:.0f} MB")
    return {job: _median(taken) for job, taken in runs.items()}


def _told(ratio: float) -> str:
    return f"takes {ratio:.2f} x as long" if ratio >= 1 else f"is {1 / ratio:.1f} x as fast"


def _base(folder: Path) -> Path:
    """Return a registry that holds deposits only."""
    base = folder / "base"
    run(*QADAM, "init", "--empty", "--data", base)
    lines = synthetic.write(folder / "deposits.geojsonl", synthetic.deposits(DEPOSITS))
    run(*QADAM, "import", lines, "--collection", "deposits", "--data", base)
    return base


def _bring_in(source: Path, base: Path, runs: Runs) -> None:
    ours, theirs = base.parent / "ours", base.parent / "theirs.gpkg"
    shutil.rmtree(ours, ignore_errors=True)
    shutil.copytree(base, ours)
    theirs.unlink(missing_ok=True)
    _note(runs, "qadam import", run(*QADAM, "import", source, "--data", ours))
    _note(runs, "ogr2ogr import", run("ogr2ogr", "-f", "GPKG", theirs, f"GeoJSONSeq:{source}"))


def _send_out(folder: Path, runs: Runs) -> None:
    ours, theirs = folder / "ours.geojson", folder / "theirs.geojson"
    theirs.unlink(missing_ok=True)
    _note(runs, "qadam export", run(*QADAM, "export", ours, "--data", folder / "ours"))
    select = ("-select", ",".join(PUBLISHED))
    stored = folder / "ours" / REGISTRY_FILE
    _note(
        runs, "ogr2ogr export", run("ogr2ogr", "-f", "GeoJSON", theirs, stored, *select, "project")
    )


def run(*command: str | Path) -> Run:
    """Run a program to its end; a failure ends the benchmark with what it said."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), stdout=said, stderr=said, env=ENVIRONMENT
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(process.args)}: {said.read().decode()}")  # type: ignore[arg-type]
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _prove(source: Path, folder: Path, rows: int) -> None:
    """Stop where records are missing or a sampled one is not what the file says."""
    with sqlite3.connect(folder / "ours" / REGISTRY_FILE) as stored:
        for table in (
            "project",
            "revision WHERE collection = 'projects'",
            "rtree_project_geometry",
        ):
            found = stored.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            _hold(found == rows, f"{table} holds {found:,} rows")
        pairs = stored.execute("SELECT count(*) FROM cross_reference").fetchone()[0]
        _hold(pairs > rows, f"there are only {pairs:,} cross-references")
    with source.open("rb") as said, (folder / "ours.geojson").open("rb") as exported:
        _hold(next(exported).endswith(b'"features":[\n'), "the export has no head")
        for given, got in islice(
            zip(said, exported, strict=False), 0, None, max(1, rows // SAMPLE)
        ):
            _hold(_same(orjson.loads(given), orjson.loads(got.rstrip(b",\n"))), got.decode())
    lines = int(subprocess.check_output(("wc", "-l", folder / "ours.geojson")).split()[0])
    _hold(lines == rows + 2, f"the export has {lines:,} lines")


def _same(given: dict[str, Any], got: dict[str, Any]) -> bool:
    return given["geometry"] == got["geometry"] and all(
        got["properties"][name] == value for name, value in given["properties"].items()
    )


def _hold(claim: bool, otherwise: str) -> None:
    if not claim:
        sys.exit(f"Wrong: {otherwise}")


def _note(runs: Runs, job: str, taken: Run) -> None:
    runs.setdefault(job, []).append(taken)


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
