"""Some records on either database, made once for all conditions that are asked of them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from registry.database.engine import reading, writing
from registry.database.store import Store, open_store
from tests import postgis
from tests.factories import BUKHARA, make_agreement, make_corridor, make_deposit, make_project

_BORDER = "LINESTRING(69.24 41.30, 69.6 42.32)"


def fill(session: Session) -> None:
    """Records of every collection, no two of which have the same values."""
    agreement = make_agreement(session, title="Old", date="2019", status="signed")
    make_agreement(session, title="New", date="2021-05-02", country="KZ", kind="energy")
    sun = make_project(
        session,
        name="Sun",
        status="operating",
        status_date="2024-03-01",
        capacity_mw=100,
        start_year=2024,
        partners=["JICA", "Masdar"],
        partner_countries=["JP", "AE"],
        partner_roles=["funder", ""],
        alt_names=["Күн @kk", "Quyosh @uz"],
        agreement=agreement.ref,
    )
    make_project(
        session,
        BUKHARA,
        name="Wind of Zarafşan",
        sector="wind",
        capacity_mw=500.5,
        start_year=2027,
        cost_usd=1_000_000,
        partners=["Masdar"],
        secondary_sectors=["grid", "hydrogen"],
        summary="100% Wind_power O'Neill",
        parent=sun.ref,
    )
    make_project(session, _BORDER, name="LINE of Straße", sector="grid", publication="draft")
    make_project(session, None, name="Course", sector="people", countries=["KZ"], end_year=2030)
    make_deposit(session, "64.5 39.8", name="Gazli", commodities=["gas", "oil"], status="operating")
    make_deposit(session, name="Hill", commodities=["gold"], location_precision="town")
    make_corridor(session, markets=["China", "Europe"], transits_russia=True, commodity="gas")


@contextmanager
def _filled(store: Store) -> Iterator[Session]:
    with writing(store.records) as session, session.begin():
        fill(session)
    with reading(store.records) as session:
        yield session
    store.close()


@pytest.fixture(scope="session")
def in_geopackage(
    empty_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """The records in a GeoPackage."""
    folder = tmp_path_factory.mktemp("cql2") / "data"
    shutil.copytree(empty_folder, folder)
    with _filled(open_store(folder, None)) as session:
        yield session


@pytest.fixture(scope="session")
def in_postgis(server: str) -> Iterator[Session]:
    """The same records in PostGIS."""
    name = f"cql2_{os.getpid()}"
    postgis.execute(server, f"CREATE DATABASE {name} TEMPLATE {postgis.TEMPLATE}")
    with _filled(open_store(None, postgis.url(server, name))) as session:
        yield session
    postgis.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["in_geopackage", "in_postgis"])
def filled(request: pytest.FixtureRequest) -> Session:
    """The records, once in each database."""
    session: Session = request.getfixturevalue(request.param)
    return session
