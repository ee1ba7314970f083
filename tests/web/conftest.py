"""The application on an empty registry and on the shipped facts."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.database.store import Store
from tests.factories import sign_in
from web.app import create_app
from web.config import Settings


@pytest.fixture
def app(embedded: Store, tmp_path: Path) -> Flask:
    """The application on an empty registry."""
    return create_app(Settings(data=tmp_path / "data"), embedded)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of the public."""
    return app.test_client()


@pytest.fixture
def planner(app: Flask, embedded: Store) -> FlaskClient:
    """A browser that is signed in."""
    return sign_in(app.test_client(), embedded)


@pytest.fixture
def seeded_client(seeded: Store) -> FlaskClient:
    """A browser of the public on the shipped facts."""
    return create_app(Settings(), seeded).test_client()
