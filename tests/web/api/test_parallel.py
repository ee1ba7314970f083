"""Two who write at once: one is stored, the other is told, on either database."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from registry import integrity
from registry.database.store import Store
from tests.factories import form, make_deposit, make_project, make_token, sign_in
from web.app import create_app
from web.config import Settings

ITEMS = "/api/collections/projects/items"
POINT = {"type": "Point", "coordinates": [69.24, 41.3]}
AT_ONCE = 4
ROUNDS = 3
Request = tuple[str, str, object]


@pytest.fixture
def app(store: Store) -> Flask:
    """The application on an empty registry, once on each database."""
    return create_app(Settings(), store)


def sent(name: str, **values: object) -> dict[str, object]:
    """A Feature as it is sent."""
    said = {"name": name, "sector": "wind", "status": "idea"} | values
    return {"type": "Feature", "properties": said, "geometry": POINT}


def at_once(app: Flask, store: Store, requests: Sequence[Request], tag: str) -> Counter[int]:
    """Send all at the same moment; how often each status was answered."""
    token, gate = make_token(store, "reviewer", f"s{abs(hash(tag))}"), Barrier(len(requests))

    def send(request: Request) -> int:
        method, address, body = request
        headers = {"Authorization": f"Bearer {token}", "If-Match": tag}
        headers["Content-Type"] = "application/geo+json"
        gate.wait()
        data = None if body is None else json.dumps(body)
        with app.test_client().open(address, method=method, data=data, headers=headers) as answer:
            return answer.status_code

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(send, requests))


def sound(store: Store) -> bool:
    """Whether all that is stored goes together."""
    with store.reading() as session:
        return list(integrity.check(session)) == []


def test_of_several_changes_of_one_version_one_is_stored(app: Flask, store: Store) -> None:
    with store.writing() as session:
        ref = make_project(session).ref
        make_deposit(session)
    address = f"{ITEMS}/{ref}"
    for turn in range(ROUNDS):
        tag = app.test_client().get(address).headers["ETag"]
        changes = [("PUT", address, sent(f"Name {turn} {n}", partners=[f"Firm {n}"]))
                   for n in range(AT_ONCE)]  # fmt: skip
        answered = at_once(app, store, changes, tag)
        assert answered[204] == 1
        assert answered.keys() <= {204, 409, 412}
    assert app.test_client().get(address).get_json()["properties"]["version"] == 1 + ROUNDS
    assert sound(store)


def test_a_change_and_a_removal_do_not_both_happen(app: Flask, store: Store) -> None:
    for _ in range(ROUNDS):
        with store.writing() as session:
            ref = make_project(session).ref
        address = f"{ITEMS}/{ref}"
        tag = app.test_client().get(address).headers["ETag"]
        acts = [("DELETE", address, None), ("PATCH", address, {"properties": {"name": "New"}})]
        answered = at_once(app, store, [*acts, *acts], tag)
        assert answered[204] == 1
        assert answered.keys() <= {204, 404, 409, 412}
    assert sound(store)


def test_new_records_of_one_new_partner_are_stored_or_told_to_try_again(
    app: Flask, store: Store
) -> None:
    new = [("POST", ITEMS, sent(name, partners=["Masdar"], sector=sector))
           for name, sector in (("Ada", "wind"), ("Nurek", "hydro"), ("Sun", "solar"),
                                ("Grid", "grid"))]  # fmt: skip
    answered = at_once(app, store, new, "any")
    assert answered[201] >= 1
    assert answered.keys() <= {201, 409}
    found = app.test_client().get(ITEMS).get_json()
    assert found["numberMatched"] == answered[201]
    assert sound(store)


def test_of_several_forms_of_one_version_one_is_stored(app: Flask, store: Store) -> None:
    with store.writing() as session:
        ref = make_project(session).ref
        make_deposit(session)
    browsers = [sign_in(app.test_client(), store) for _ in range(AT_ONCE)]
    forms = [form(browser, name=f"Name {n}", partners=[f"Firm {n}"], version=1)
             for n, browser in enumerate(browsers)]  # fmt: skip
    gate = Barrier(AT_ONCE)

    def save(at: int) -> int:
        gate.wait()
        return browsers[at].post(f"/projects/{ref}", data=forms[at]).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert Counter(pool.map(save, range(AT_ONCE))) == {303: 1, 409: AT_ONCE - 1}
    assert sound(store)


def test_of_several_equal_new_projects_one_is_stored_and_the_others_are_told(
    app: Flask, store: Store
) -> None:
    for turn, name in enumerate(("Ada", "Nurek", "Bukhara")):
        new = [("POST", ITEMS, sent(name))] * AT_ONCE
        assert at_once(app, store, new, f"any {turn}") == {201: 1, 409: AT_ONCE - 1}
    assert sound(store)


def test_of_several_equal_forms_one_is_stored(app: Flask, store: Store) -> None:
    browsers = [sign_in(app.test_client(), store) for _ in range(AT_ONCE)]
    forms, gate = [form(browser) for browser in browsers], Barrier(AT_ONCE)

    def save(at: int) -> int:
        gate.wait()
        return browsers[at].post("/projects", data=forms[at]).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert Counter(pool.map(save, range(AT_ONCE))) == {303: 1, 409: AT_ONCE - 1}
