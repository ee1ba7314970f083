"""Signing in: by a link that works once, and on to the page that was wanted."""

from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from registry import accounts
from registry.database.engine import writing
from registry.database.store import Store
from tests.factories import sign_in

OWN = "/projects/new?geometry=69.2 41.3"


def link(store: Store) -> str:
    """The address of a new one-time link."""
    with writing(store.accounts) as session, session.begin():
        return f"/sign-in/{accounts.make_link(session)}"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example/",
        "/\\evil.example",
        "/%09/evil.example",
        "/%0a/evil.example",
        "/%00/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\\\evil.example",
        "///[evil.example",
    ],
)
def test_signing_in_never_leads_to_another_site(
    client: FlaskClient, embedded: Store, elsewhere: str
) -> None:
    assert "evil" not in client.get(f"/account?next={elsewhere}").text
    client.set_cookie("qadam_next", unquote(elsewhere))
    assert client.post(link(embedded)).location == "/"
    assert "evil" not in client.get(f"/account?next={elsewhere}").text


def test_the_page_that_was_wanted_comes_after_signing_in(
    client: FlaskClient, embedded: Store
) -> None:
    asked = client.get(OWN)
    assert asked.status_code == 303
    client.get(asked.location)
    assert client.post(link(embedded)).location == OWN.replace(" ", "%20")
    assert client.get_cookie("qadam_next") is None


def test_who_is_signed_in_already_may_go_on(client: FlaskClient, embedded: Store) -> None:
    sign_in(client, embedded)
    assert 'href="/projects/new"' in client.get("/account?next=/projects/new").text
