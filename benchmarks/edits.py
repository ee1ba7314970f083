"""How long does it take to keep the pairs of one edited project current?

    python -m benchmarks.edits --deposits 1000 10000 100000

For each number of stored deposits, projects are moved one by one in a GeoPackage of a registry;
printed are the median milliseconds that their pairs take (what DESIGN asks for) and that the whole
change takes, stored to the disk. Beside it PostGIS answers the same question for the same places
(all deposits within 50 km by ST_DWithin on geography, with their distances), where it is installed.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import psycopg
import shapely
from sqlalchemy import select

from benchmarks import synthetic
from geo.formats import find_format
from registry import crossref, records
from registry.actors import Actor
from registry.collections import DEPOSITS, PROJECTS
from registry.database.store import Store, open_store
from registry.drafts import parse
from registry.imports import import_rows
from registry.models import Deposit
from tests import postgis

BY = Actor("benchmark", "admin")
MOVES = 60
TODAY = date(2026, 11, 24)
PEER = """
SELECT id, ST_Distance(place, ST_GeogFromWKB(%s)) FROM deposit
WHERE ST_DWithin(place, ST_GeogFromWKB(%s), 50000)"""


def main() -> None:
    """Print a line for each number of deposits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deposits", type=int, nargs="+", default=[1_000, 10_000])
    asked = parser.parse_args()
    shapes = _places()
    print(" deposits  pairs each  pairs, ms  whole, ms  PostGIS, ms")
    for count in asked.deposits:
        with tempfile.TemporaryDirectory() as folder:
            store = _filled(Path(folder), count)
            pairs_ms, whole_ms, pairs = _moved(store, shapes)
            peer_ms = _peer(store, shapes)
        peer = f"{peer_ms:11.1f}" if peer_ms else "          –"
        print(f"{count:9,}  {pairs:10.0f}  {pairs_ms:9.1f}  {whole_ms:9.1f}  {peer}")


def _places() -> Sequence[Any]:
    lines = b"".join(synthetic.projects(MOVES, seed=5))
    return [shapely.geometry.shape(row.geometry) for row in _rows(lines)]


def _rows(lines: bytes) -> list[Any]:
    with tempfile.TemporaryFile() as file:
        file.write(lines)
        file.seek(0)
        return list(find_format("x.geojsonl").read(file))


def _filled(folder: Path, count: int) -> Store:
    store = open_store(folder, None)
    rows = _rows(b"".join(synthetic.deposits(count)))
    with store.writing() as session:
        import_rows(session, DEPOSITS, rows, BY)
    return store


def _moved(store: Store, shapes: Sequence[Any]) -> tuple[float, float, float]:
    """Return medians: milliseconds of the pairs, of the whole change, and pairs a project."""
    values = {"name": "Moved", "sector": "solar", "status": "idea"}
    with store.writing() as session:
        draft = parse("projects", values, shapely.Point(68, 41), TODAY)
        ref = records.create(session, PROJECTS, draft, BY).ref
    taken: dict[str, list[float]] = {"pairs": [], "whole": []}
    stored = []
    update = _timed(crossref.update, taken["pairs"])
    for shape in shapes:
        draft = parse("projects", values, shape, TODAY)
        start = time.perf_counter()
        with mock.patch.object(crossref, "update", update), store.writing() as session:
            row = records.load(session, PROJECTS, ref)
            records.revise(session, PROJECTS, row, draft, BY, version=row.version)
        taken["whole"].append(time.perf_counter() - start)
        with store.reading() as session:
            stored.append(crossref.stored_pairs(session))
    pairs, whole = (statistics.median(runs) * 1000 for runs in taken.values())
    return pairs, whole, float(np.mean(stored))


def _timed(work: Callable[..., int], taken: list[float]) -> Callable[..., int]:
    def timed(*args: Any, **kw: Any) -> int:
        start = time.perf_counter()
        result = work(*args, **kw)
        taken.append(time.perf_counter() - start)
        return result

    return timed


def _peer(store: Store, shapes: Sequence[Any]) -> float | None:
    """Return the median milliseconds that PostGIS takes to find the pairs, rows fetched."""
    if postgis.why_not():
        return None
    with store.reading() as session:
        deposits = session.execute(select(Deposit.id, Deposit.geometry)).all()
    taken = []
    with (
        postgis.cluster() as server,
        psycopg.connect(f"{server} dbname=postgres", autocommit=True) as peer,
    ):
        peer.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        peer.execute("CREATE TABLE deposit (id integer, place geography(geometry, 4326))")
        with peer.cursor() as cursor, cursor.copy("COPY deposit FROM STDIN") as copy:
            for key, geometry in deposits:
                copy.write_row((key, shapely.to_wkb(geometry, hex=True)))
        peer.execute("CREATE INDEX ON deposit USING gist (place)")
        peer.execute("VACUUM ANALYZE deposit")
        for shape in shapes:
            start = time.perf_counter()
            peer.execute(PEER, (shapely.to_wkb(shape),) * 2).fetchall()
            taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    main()
