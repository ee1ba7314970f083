"""The pages for reading: the map, the list, and one page a record."""

from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request

from geo.feature import Feature
from registry import history, nearby, queries
from registry.collections import (
    AGREEMENTS,
    CORRIDORS,
    DEPOSITS,
    PROJECTS,
    Collection,
    find_collection,
)
from registry.errors import BadFilter
from registry.features import from_text, reckoning
from registry.filters import Filter, Page
from registry.properties import Property
from registry.reach import REACH, STORED_KM
from web import explore, place, reading, search, templating
from web.db import session
from web.errors import conditional
from web.maps import drawn
from web.maps.lean import dependence, lean_collection
from web.maps.reference import layer_file, silhouette
from web.params import read_question, read_within_km
from web.visitors import public_only, writer

bp = Blueprint("pages", __name__)
bp.record_once(templating.install)
_GEOJSON = "application/geo+json"
_DAY = "public, max-age=86400"
_ASK_AGAIN = "private, no-cache"


@bp.get("/")
def index() -> str:
    """The map with filters, counts and the list."""
    asked, page = read_question(PROJECTS, default_limit=explore.MOST_CARDS)
    drawn_map = drawn.overview_map(asked)
    return render_template(
        "pages/index.html", map=drawn_map, silhouette=silhouette, **_explored(asked, page)
    )


@bp.get("/projects")
def projects() -> str:
    """The list as a table."""
    asked, page = read_question(PROJECTS, default_limit=explore.MOST_CARDS)
    return render_template("pages/projects.html", silhouette=silhouette, **_explored(asked, page))


@bp.get("/projects/<ref>")
def project(ref: str) -> str:
    """One project with everything around it."""
    found, km = _project(ref), read_within_km()
    near = nearby.by_relevance(nearby.deposits_near(session(), found, km))
    return render_template(
        "pages/project.html",
        **_record(PROJECTS, found),
        near=near,
        within_km=km,
        reach=REACH[found.properties["sector"]],
        reckoning=reckoning(found.properties),
        oddities=reading.oddities(found),
        same_region=nearby.deposits_in_same_region(session(), found),
        partners=reading.partners(found),
        agreement=_agreement(found),
        map=drawn.record_map(PROJECTS.id, found, near, km),
    )


@bp.get("/projects/<ref>/card")
def project_card(ref: str) -> str:
    """A project in short, for the sheet beside the map."""
    found = _project(ref)
    near = nearby.deposits_near(session(), found)
    return render_template(
        "pages/_project_card.html",
        record=found,
        groups=reading.fact_groups(PROJECTS, found),
        partners=reading.partners(found),
        near=near,
    )


@bp.get("/projects/<ref>/history")
def project_history(ref: str) -> str:
    """Every change of a project, newest first; of one that was removed too."""
    gone = history.removal(session(), PROJECTS.id, ref, public_only=public_only())
    found = from_text(gone.after) if gone else _project(ref)
    return render_template("pages/history.html", **_record(PROJECTS, found), is_gone=bool(gone))


@bp.get("/deposits/<ref>")
def deposit(ref: str) -> str:
    """One deposit and the projects near it."""
    km = read_within_km()
    found, near = _deposit(ref, km)
    near = nearby.by_relevance(near)
    return render_template(
        "pages/deposit.html",
        **_record(DEPOSITS, found),
        near=near,
        within_km=km,
        map=drawn.record_map(DEPOSITS.id, found, near, km),
    )


@bp.get("/deposits/<ref>/card")
def deposit_card(ref: str) -> str:
    """A deposit in short, for the sheet beside the map."""
    found, near = _deposit(ref)
    return render_template("pages/_deposit_card.html", **_record(DEPOSITS, found), near=near)


@bp.get("/corridors/<ref>")
def corridor(ref: str) -> str:
    """One route to a market."""
    found = queries.get(session(), CORRIDORS, ref, public_only=public_only())
    return render_template(
        "pages/corridor.html",
        **_record(CORRIDORS, found),
        route=dependence(found.properties),
        map=drawn.record_map(CORRIDORS.id, found, ()),
    )


@bp.get("/corridors/<ref>/card")
def corridor_card(ref: str) -> str:
    """A route in short, for the sheet beside the map."""
    found = queries.get(session(), CORRIDORS, ref, public_only=public_only())
    return render_template(
        "pages/_corridor_card.html", **_record(CORRIDORS, found), route=dependence(found.properties)
    )


@bp.get("/search")
def find() -> str:
    """What the search box finds, as a page."""
    text = request.args.get("q", "")
    hits = search.find(session(), text, public_only=public_only(), each=40)
    return render_template("pages/search.html", text=text, hits=hits)


@bp.get("/search.json")
def suggest() -> Response:
    """What the search box suggests while one types, when one may not be done yet."""
    try:
        hits = search.find(session(), request.args.get("q", ""), public_only=public_only())
    except BadFilter:
        hits = []
    return Response(orjson.dumps([hit.as_dict() for hit in hits]), content_type="application/json")


@bp.post("/place")
def read_place() -> Response:
    """What the form's text box says, read and located, before anything is stored."""
    writer()
    form = request.form
    said = place.describe_place(session(), form.get("geometry", ""), form.get("ref", ""))
    return Response(orjson.dumps(said), content_type="application/json")


@bp.get("/map/<collection_id>.geojson")
def map_features(collection_id: str) -> Response:
    """The records of a collection as the map draws them: shapes and the few words it shows."""
    chosen = find_collection(collection_id)
    asked, _ = read_question(chosen)
    texts = queries.texts(session(), chosen, asked, Page(), public_only=public_only())
    return _checked(Response(lean_collection(collection_id, texts), content_type=_GEOJSON))


@bp.get("/layers/<layer_id>.geojson")
def layer(layer_id: str) -> Response:
    """A reference layer; it changes only with a release."""
    found = layer_file(layer_id)
    zipped = request.accept_encodings["gzip"] > 0
    response = Response(found.zipped if zipped else found.plain, content_type=_GEOJSON)
    if zipped:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(found.etag)
    response.headers["Cache-Control"] = _DAY
    return conditional(response)


@bp.get("/colours.css")
def colours() -> Response:
    """The colours of the vocabularies, light and dark."""
    return _checked(Response(render_template("colours.css"), mimetype="text/css"))


def _explored(asked: Filter, page: Page) -> dict[str, Any]:
    endpoint = request.endpoint or "pages.index"
    return {
        "shown": explore.explore(session(), asked, page, endpoint, public_only=public_only()),
        "orders": explore.ORDERS,
        "turned": partial(explore.turned, asked, page, endpoint),
        "sorted_by": partial(explore.in_order, asked, endpoint),
        "by_api": explore.by_api,
        "on_map": explore.address("pages.index", asked.to_args()),
    }


def _project(ref: str) -> Feature:
    return queries.get(session(), PROJECTS, ref, public_only=public_only())


def _agreement(found: Feature) -> Feature | None:
    ref = found.properties["agreement"]
    return queries.get(session(), AGREEMENTS, ref, public_only=False) if ref else None


def _deposit(ref: str, km: float = STORED_KM) -> tuple[Feature, list[nearby.Near]]:
    found = queries.get(session(), DEPOSITS, ref, public_only=public_only())
    return found, nearby.projects_near(session(), found, km, public_only=public_only())


def _record(collection: Collection, found: Feature) -> dict[str, Any]:
    """What every page of a record shows."""
    return {
        "record": found,
        "groups": reading.fact_groups(collection, found),
        "sources": reading.sources(found),
        "changes": history.changes(session(), collection.id, found.ref, public_only=public_only()),
        "properties": _by_name(collection),
        "actions": reading.ACTIONS,
    }


def _by_name(collection: Collection) -> dict[str, Property]:
    return {prop.name: prop for prop in collection.properties}


def _checked(response: Response) -> Response:
    """Kept by the browser, and asked after each time."""
    response.add_etag()
    response.headers["Cache-Control"] = _ASK_AGAIN
    return conditional(response)
