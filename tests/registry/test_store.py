"""The file itself: what GIS tools read, what is refused, what survives."""

import os
import shutil
import sqlite3
import stat
import subprocess
import threading
import warnings
from contextlib import ExitStack
from pathlib import Path

import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from registry.accounts import AccountsBase
from registry.database import store as stores
from registry.database.base import Base
from registry.database.engine import explain
from registry.database.geopackage import APPLICATION_ID, install_rtree
from registry.database.store import MIGRATIONS, Store, open_store
from registry.errors import StoreError
from registry.migrations import environment
from registry.models import Project, Revision
from tests.factories import make_deposit, make_project

OGRINFO = shutil.which("ogrinfo")
needs_gdal = pytest.mark.skipif(
    OGRINFO is None, reason="GDAL's programs are not installed (Debian: gdal-bin)"
)


def ogrinfo(path: Path, *words: str, layer: str = "") -> str:
    """What GDAL says of a file, with its warnings."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("OGR_", "GDAL_"))
    }
    done = subprocess.run(
        ["ogrinfo", "-ro", *words, str(path), *([layer] if layer else [])],
        capture_output=True,
        text=True,
        check=True,
        env=clean,
        timeout=60,
    )
    return done.stdout + done.stderr


@needs_gdal
def test_gdal_reads_the_live_file_without_a_warning_while_the_server_writes(
    embedded: Store, tmp_path: Path
) -> None:
    path, stop = tmp_path / "data" / "registry.gpkg", threading.Event()
    written: list[str] = []

    def write() -> None:
        while not stop.is_set() and len(written) < 500:
            with embedded.writing() as session:
                written.append(make_project(session, name=f"Парк {len(written)}").ref)

    with embedded.writing() as session:
        make_project(session, "POLYGON((64 40, 65 40, 65 41, 64 41, 64 40))", name="Area")
        make_deposit(session)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(4):
            said = ogrinfo(path, "-al")
            assert "Warning" not in said
            assert "ERROR" not in said
            assert "Layer name: project" in said
            assert "POLYGON ((64 40" in said
    finally:
        stop.set()
        writer.join()
    assert len(written) > 4
    assert f"Feature Count: {len(written) + 1}" in ogrinfo(path, "-so", layer="project")


@needs_gdal
def test_gdal_finds_by_the_r_tree_what_the_registry_wrote(embedded: Store, tmp_path: Path) -> None:
    with embedded.writing() as session:
        make_project(session, "64 40", name="West")
        make_project(session, "70 40", name="East")
    said = ogrinfo(
        tmp_path / "data" / "registry.gpkg", "-spat", "69", "39", "71", "41", layer="project"
    )
    assert "East" in said
    assert "West" not in said


def test_the_file_is_a_geopackage(embedded: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "registry.gpkg") as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (10300,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        listed = dict(
            connection.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
        )
    assert {name for name, kind in listed.items() if kind == "features"} == {
        "project",
        "deposit",
        "corridor",
        "country",
    }
    assert set(listed) == set(Base.metadata.tables)


def test_no_account_stands_in_the_file_that_gis_tools_open(embedded: Store, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "registry.gpkg") as connection:
        tables = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert not tables & set(AccountsBase.metadata.tables)


def test_the_r_tree_follows_every_change(embedded: Store) -> None:
    with embedded.writing() as session:
        project = make_project(session, "64 40")
        for place, expected in (("POINT(65 41)", 1), (None, 0), ("POINT(66 42)", 1)):
            project.geometry = shapely.from_wkt(place) if place else None
            session.flush()
            found = session.execute(text("SELECT count(*) FROM rtree_project_geometry")).scalar()
            assert found == expected
        install_rtree(session.connection(), "project")
        assert session.execute(text("SELECT count(*) FROM rtree_project_geometry")).scalar() == 1
        session.delete(project)
        session.flush()
        assert session.execute(text("SELECT count(*) FROM rtree_project_geometry")).scalar() == 0


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_history_cannot_be_changed(session: Session, change: str) -> None:
    make_project(session)
    session.commit()
    statement = update(Revision).values(actor="nobody") if change == "update" else delete(Revision)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(statement)


@pytest.mark.parametrize("branch", ["records", "accounts"])
def test_models_and_migrations_are_the_same(store: Store, branch: str) -> None:
    metadata = {"records": Base.metadata, "accounts": AccountsBase.metadata}[branch]
    engine = {"records": store.records, "accounts": store.accounts}[branch]
    with engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="autogenerate skipping")
        options = {
            "include_name": lambda name, kind, _: environment.is_ours(name, kind, metadata),
            "compare_type": True,
        }
        context = MigrationContext.configure(connection, opts=options)
        changes = compare_metadata(context, metadata)
    assert [change for change in changes if not _is_gist(change)] == []


def _is_gist(change: object) -> bool:
    """PostGIS's own index, which the models say in a way that cannot be compared."""
    return "_geometry" in str(change) and "Index" in str(change)


def test_opening_twice_changes_nothing(empty_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(empty_folder, tmp_path / "data")
    before = (tmp_path / "data" / "registry.gpkg").read_bytes()
    open_store(tmp_path / "data", None).close()
    assert (tmp_path / "data" / "registry.gpkg").read_bytes() == before


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    store: Store, tmp_path: Path
) -> None:
    with store.records.begin() as connection:
        connection.execute(text("UPDATE alembic_version_records SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version of Qadam"):
        stores._migrate(store.records, "records")


@pytest.mark.parametrize("name", ["a?b", "p%20q#r", "Өзбек & co", "mode=ro?mode=memory"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    open_store(tmp_path / name, None).close()
    assert {path.name for path in (tmp_path / name).iterdir()} >= {"registry.gpkg", "accounts.db"}
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_we_make_is_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o755)
    for name, mode in (("ours", 0o700), ("theirs", 0o755)):
        open_store(tmp_path / name, None).close()
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode


def test_a_second_writer_waits_as_long_as_is_said(empty_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(empty_folder, tmp_path / "data")
    store = open_store(tmp_path / "data", None, busy_ms=20)
    with store.writing() as first:
        make_project(first)
        with pytest.raises(OperationalError) as refused, store.writing() as second:
            make_project(second)
    assert "Others are writing" in str(explain(refused.value))
    store.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        open_store(tmp_path / "file" / "data", None)


def test_a_folder_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may write anywhere, so the refusal of the file system is played.
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(StoreError, match=r"Permission denied.*--data DIR"):
        open_store(tmp_path, None)


def test_a_file_that_is_no_geopackage_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "registry.gpkg").write_text("minutes of a meeting")
    with pytest.raises(StoreError, match="is no GeoPackage"):
        open_store(tmp_path, None)
    assert (tmp_path / "registry.gpkg").read_text() == "minutes of a meeting"


@pytest.mark.parametrize("url", ["mysql://localhost/x", "no address"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(None, url)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail_after_a_change() -> None:
        with store.writing() as session:
            make_project(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_a_change()
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM project")).scalar() == 0
        assert session.execute(text("SELECT count(*) FROM revision")).scalar() == 0


def test_a_reader_sees_one_state_however_many_questions_are_asked(store: Store) -> None:
    with store.writing() as session:
        make_project(session)
    with store.reading() as reader:
        assert reader.scalar(select(func.count(Project.id))) == 1
        with store.writing() as session:
            make_project(session, name="Later")
        assert reader.scalar(select(func.count(Project.id))) == 1
        reader.rollback()
        assert reader.scalar(select(func.count(Project.id))) == 2


def test_as_many_read_at_once_as_there_are_threads(embedded: Store) -> None:
    with ExitStack() as opened:
        readers = [opened.enter_context(embedded.reading()) for _ in range(30)]
        assert {reader.scalar(select(func.count(Project.id))) for reader in readers} == {0}


@pytest.mark.parametrize("branch", ["records", "accounts"])
def test_each_migration_file_is_called_by_its_number(branch: str) -> None:
    scripts = ScriptDirectory(MIGRATIONS / branch)
    named = {path.name[:4] for path in (MIGRATIONS / branch / "versions").glob("[0-9]*.py")}
    assert {revision.revision for revision in scripts.walk_revisions()} == named
    assert scripts.get_heads() == [max(named)]
