"""Large files: nothing half stored, nobody held up, memory that does not grow with them."""

import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from benchmarks import synthetic
from geo.formats import RawFeature, find_format
from registry import crossref, filed, imports, integrity
from registry.alongside import Helpers
from registry.collections import DEPOSITS, PROJECTS
from registry.database.store import Store, open_store
from registry.errors import StoreError
from registry.imports import import_rows
from registry.models import CrossReference, Project, Revision
from registry.waiting import waiting
from tests.factories import PLANNER, make_project

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from geo.formats import find_format
from registry.actors import Actor
from registry.collections import PROJECTS
from registry.database.store import open_store
from registry.imports import import_rows

def die(done):
    os.kill(os.getpid(), signal.SIGKILL)

with open(sys.argv[2], "rb") as file, open_store(Path(sys.argv[1]), None).writing() as session:
    rows = find_format("a.geojsonl").read(file)
    import_rows(
        session, PROJECTS, rows, Actor("o", "admin"), processes=2, **{sys.argv[3]: die}
    )
"""


def rows_of(lines: Iterator[bytes]) -> Iterator[RawFeature]:
    return find_format("a.geojsonl").read(b"".join(lines))


def stored(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(Project)) or 0


@pytest.mark.parametrize("moment", ["progress", "storing"])
def test_a_program_killed_in_an_import_leaves_the_registry_as_it_was(
    embedded: Store, tmp_path: Path, moment: str
) -> None:
    with embedded.writing() as session:
        make_project(session, name="There before")
    source = synthetic.write(tmp_path / "many.geojsonl", synthetic.projects(3_000))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "data", source, moment], cwd=ROOT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert stored(embedded) == 1
    with embedded.reading() as session:
        assert list(integrity.check(session, lambda _done: None)) == []
    with embedded.writing() as session:  # and goes on working
        assert make_project(session).ref == "P-000002"


def test_an_import_whose_helper_dies_stores_nothing(embedded: Store, tmp_path: Path) -> None:
    before = {process.pid for process in active_children()}

    def kill(_done: int) -> None:
        for helper in active_children():
            if helper.pid not in before:
                helper.kill()

    rows = rows_of(synthetic.projects(7_000))
    with pytest.raises(StoreError, match="import again"), embedded.writing() as session:
        import_rows(session, PROJECTS, rows, PLANNER, processes=2, storing=kill)
    assert stored(embedded) == 0
    with embedded.reading() as session:
        assert list(integrity.check(session, lambda _done: None)) == []


TABLES = (
    "project",
    "project_partner",
    "project_country",
    "organisation",
    "revision",
    "cross_reference",
)


def test_with_helpers_the_same_is_stored(
    embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Partners under their first name, links among the rows, pairs; more blocks than helpers."""
    monkeypatch.setattr(filed, "ROWS_AT_A_TIME", 100)
    monkeypatch.setattr(imports, "now", lambda: MOMENT)
    rows = []
    for at, row in enumerate(rows_of(synthetic.projects(450))):
        said = {**row.properties, "parent": f"row-{at + 7}" if at % 7 == 0 and at < 440 else None}
        if said.get("partners"):
            said["partners"] = [name.upper() if at % 2 else name for name in said["partners"]]
        rows.append(replace(row, ref=f"row-{at}", properties=said))
    alone = open_store(tmp_path / "alone", None)
    kept = []
    for store, processes in ((alone, 0), (embedded, 2)):
        with store.writing() as session:
            import_rows(session, DEPOSITS, rows_of(synthetic.deposits(90)), PLANNER)
            import_rows(session, PROJECTS, rows, PLANNER, processes=processes)
        with store.records.connect() as connection:
            kept.append([list(connection.exec_driver_sql(f"SELECT * FROM {t}")) for t in TABLES])
        with store.reading() as session:
            assert crossref.drift(session) == 0
    alone.close()
    assert kept[0] == kept[1]
    assert len(kept[1][0]) == 450
    assert len(kept[1][-1]) > 50


def test_who_saves_while_a_file_is_checked_does_not_wait(embedded: Store, tmp_path: Path) -> None:
    hasty = open_store(tmp_path / "data", None, busy_ms=1)

    def save(_checked: int) -> None:
        with hasty.writing() as other:
            make_project(other, name="Meanwhile")

    with embedded.writing() as session:
        import_rows(session, PROJECTS, rows_of(synthetic.projects(20)), PLANNER, progress=save)
    assert stored(embedded) == 21
    hasty.close()


def test_what_changed_while_a_file_was_checked_is_judged_as_it_is_now(embedded: Store) -> None:
    place = {"type": "Point", "coordinates": [69.24, 41.3]}
    said: dict[str, Any] = {"name": "A", "sector": "wind", "status": "operating"}
    said |= {"location_precision": "approximate"}
    rows = [RawFeature(1, "a", place, said), RawFeature(2, "b", place, said)]

    def save(_checked: int) -> None:
        with embedded.writing() as other:
            make_project(other, ref="a", **said)
            make_project(other, ref="b", **said | {"name": "B"})

    with embedded.writing() as session:
        report = import_rows(session, PROJECTS, rows, PLANNER, keep_ids=True, progress=save)
    assert [row.verdict for row in report.rows] == ["unchanged", "revise"]
    assert stored(embedded) == 2


def test_a_large_import_is_as_sound_as_a_small_one(embedded: Store) -> None:
    """So large that counts, boxes and indexes are made at once, over several blocks."""
    with embedded.writing() as session:
        import_rows(session, DEPOSITS, rows_of(synthetic.deposits(300)), PLANNER)
    indexes = made(embedded, "index"), made(embedded, "trigger")
    with embedded.writing() as session:
        import_rows(session, PROJECTS, rows_of(synthetic.projects(2_700)), PLANNER)
    assert (made(embedded, "index"), made(embedded, "trigger")) == indexes
    with embedded.reading() as session:
        assert list(integrity.check(session, lambda _done: None)) == []
        assert (session.scalar(select(func.count()).select_from(CrossReference)) or 0) > 500
        assert session.scalar(select(func.count()).select_from(Revision)) == 3_000


def made(store: Store, kind: str) -> dict[str, str]:
    with store.records.connect() as connection:
        asked = f"SELECT name, sql FROM sqlite_master WHERE type = '{kind}'"
        return {row.name: row.sql for row in connection.exec_driver_sql(asked)}


def test_memory_does_not_grow_with_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filed, "ROWS_AT_A_TIME", 100)

    def peak(count: int) -> int:
        rows = rows_of(synthetic.projects(count))
        tracemalloc.start()
        with waiting("projects") as drafts:
            kept = imports._read(PROJECTS, rows, drafts, lambda _done: None, Helpers())
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(kept) == count
        return reached

    peak(100)  # what is made once
    assert peak(1_600) - peak(400) < 1_200 * 1_000  # a draft has some 3,000 bytes


def test_a_file_is_read_as_its_rows_are_asked_for(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "many.geojsonl", synthetic.projects(4_000))
    with path.open("rb") as file:
        first = list(islice(find_format(path.name).read(file), 10))
        assert [row.row for row in first] == list(range(1, 11))
        assert file.tell() < path.stat().st_size / 2


def test_four_times_the_rows_take_no_more_than_eight_times_as_long(embedded: Store) -> None:
    taken = []
    for count in (400, 1_600):
        rows = rows_of(synthetic.projects(count))
        start = time.process_time()
        with embedded.writing() as session:
            import_rows(session, PROJECTS, rows, PLANNER)
        taken.append(time.process_time() - start)
    assert taken[1] < 8 * taken[0]
