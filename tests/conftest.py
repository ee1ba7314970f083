"""What all tests share: a store on either database, and no skipping in CI."""

import os
import shutil
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from registry.database.engine import reading, writing
from registry.database.store import Store, open_store
from seeds.load import load
from tests import postgis

_numbers = count(1)

# GDAL registers its drivers when it is loaded, after `geo` has said which. Its own programs, which
# tests start, shall have them all again.
import_module("pyogrio")
os.environ.pop("OGR_SKIP", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures DIR` keeps the README's pictures."""
    parser.addoption("--pictures", metavar="DIR", help="folder for the README's pictures")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a skipped test is a failed one: a missing part must not pass for a working one."""
    report: pytest.TestReport = yield  # type: ignore[assignment]  # the hook's own protocol
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {item.nodeid}: {report.longrepr}"
    return report  # type: ignore[return-value]  # the hook's own protocol


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated data folder, copied by each test that wants one."""
    folder = tmp_path_factory.mktemp("empty")
    open_store(folder, None).close()
    return folder


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the shipped facts, copied by each test that wants one."""
    folder = tmp_path_factory.mktemp("seeded")
    store = open_store(folder, None)
    with store.writing() as session:
        load(session)
    store.close()
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server with a migrated template database."""
    reason = postgis.why_not()
    if reason:
        pytest.skip(reason)
    with postgis.cluster() as started:
        postgis.execute(started, f"CREATE DATABASE {postgis.TEMPLATE}")
        postgis.execute(started, "CREATE EXTENSION postgis", postgis.TEMPLATE)
        open_store(None, postgis.url(started, postgis.TEMPLATE)).close()
        yield started


@pytest.fixture
def embedded(empty_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty registry in a GeoPackage."""
    folder = tmp_path / "data"
    shutil.copytree(empty_folder, folder)
    store = open_store(folder, None)
    yield store
    store.close()


@pytest.fixture(params=["geopackage", "postgis"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty registry, once on each database."""
    if request.param == "geopackage":
        yield request.getfixturevalue("embedded")
        return
    server: str = request.getfixturevalue("server")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    postgis.execute(server, f"CREATE DATABASE {name} TEMPLATE {postgis.TEMPLATE}")
    opened = open_store(None, postgis.url(server, name))
    yield opened
    opened.close()
    postgis.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A session that may write, on either database."""
    with writing(store.records) as opened:
        yield opened


@pytest.fixture
def gpkg_session(embedded: Store) -> Iterator[Session]:
    """A session that may write to a GeoPackage, where the database makes no difference."""
    with writing(embedded.records) as opened:
        yield opened


@pytest.fixture
def seeded(seeded_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """The shipped facts in a GeoPackage."""
    folder = tmp_path / "data"
    shutil.copytree(seeded_folder, folder)
    store = open_store(folder, None)
    yield store
    store.close()


@pytest.fixture
def seeded_session(seeded: Store) -> Iterator[Session]:
    """A session that reads the shipped facts."""
    with reading(seeded.records) as opened:
        yield opened
