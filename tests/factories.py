"""Records for tests: each call says only what the test is about."""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from registry import accounts, records, tokens
from registry.actors import Actor
from registry.clock import now
from registry.collections import AGREEMENTS, CORRIDORS, DEPOSITS, PROJECTS, Collection
from registry.database.engine import writing
from registry.database.store import Store
from registry.drafts import Given, parse
from registry.models import Agreement, Corridor, Deposit, Project

PLANNER = Actor("planner", "planner")
REVIEWER = Actor("reviewer", "reviewer")
VIEWER = Actor("viewer", "viewer")
TASHKENT = "69.24 41.30"
BUKHARA = "64.42 39.77"
ALMATY = "76.95 43.25"


def make_project(
    session: Session, geometry: Given = TASHKENT, *, by: Actor = PLANNER, **values: Any
) -> Project:
    """A stored project, by default a solar idea in Tashkent with an exact place."""
    given = {"name": "Solar park", "sector": "solar", "status": "idea"} | values
    if geometry:
        given.setdefault("location_precision", "exact")
    project: Project = _make(session, PROJECTS, given, geometry, by)
    return project


def make_deposit(session: Session, geometry: Given = TASHKENT, **values: Any) -> Deposit:
    """A stored deposit, by default copper in Tashkent with an exact place."""
    given = {"name": "Copper hill", "commodities": ["copper"], "kind": "deposit"} | values
    if geometry:
        given.setdefault("location_precision", "exact")
    deposit: Deposit = _make(session, DEPOSITS, given, geometry, PLANNER)
    return deposit


def make_corridor(
    session: Session, geometry: Given = f"{TASHKENT}; {BUKHARA}", **values: Any
) -> Corridor:
    """A stored corridor, by default a schematic railway from Tashkent to Bukhara."""
    given = {"name": "Iron road", "kind": "rail", "location_precision": "schematic"} | values
    corridor: Corridor = _make(session, CORRIDORS, given, geometry, PLANNER)
    return corridor


def make_agreement(session: Session, **values: Any) -> Agreement:
    """A stored agreement."""
    given = {"title": "Memorandum", "country": "UZ", "kind": "jcm"} | values
    agreement: Agreement = _make(session, AGREEMENTS, given, None, PLANNER)
    return agreement


def _make(
    session: Session, collection: Collection, values: Mapping[str, Any], geometry: Given, by: Actor
) -> Any:
    given = dict(values)
    ref = given.pop("ref", None)
    if not geometry and collection.located and collection is not CORRIDORS:
        given.setdefault("countries", ["UZ"])
    draft = parse(collection.id, given, geometry, now().date())
    return records.create(session, collection, draft, by, ref=ref)


def sign_in(client: FlaskClient, store: Store) -> FlaskClient:
    """The browser, signed in by a one-time link as the admin `local`."""
    with writing(store.accounts) as session, session.begin():
        token = accounts.make_link(session)
    assert client.post(f"/sign-in/{token}").status_code == 303
    return client


def make_token(store: Store, role: str, name: str = "script") -> str:
    """A token of a program."""
    with writing(store.accounts) as session, session.begin():
        return tokens.create(session, name, role)


def csrf_of(client: FlaskClient) -> str:
    """The token that the forms of a signed-in browser carry."""
    page = client.get("/projects/new").get_data(as_text=True)
    found = re.search(r'name="csrf"[^>]*value="([^"]+)"', page)
    assert found, "the form carries no token"
    return found[1]


def form(client: FlaskClient, **values: Any) -> dict[str, Any]:
    """A filled-in project form, ready to be sent."""
    filled = {"name": "Wind park", "sector": "wind", "status": "idea", "geometry": TASHKENT}
    return filled | {"location_precision": "exact", "csrf": csrf_of(client)} | values
