"""Creating, replacing, changing and removing records (OGC API – Features Part 4, 20-002r1)."""

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, Response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import MethodNotAllowed

from geo.feature import Feature
from registry import history, queries, records, removal
from registry.actors import Actor
from registry.checking import checked
from registry.clock import now
from registry.collections import PROJECTS, PUBLISHED, Collection, find_collection
from registry.drafts import Draft
from registry.duplicates import Likeness
from registry.errors import Invalid
from registry.features import from_text
from registry.imports import differs
from web import comparing
from web.api import bodies
from web.api.answers import record_tag, tagged
from web.api.bodies import Sent
from web.api.links import GEOJSON, address
from web.comparing import Unseen
from web.db import session, writing
from web.errors import say
from web.negotiate import API_ROOT, in_api
from web.visitors import program

bp = Blueprint("write", __name__)
_OF_COLLECTIONS = f"{API_ROOT}/collections/"
_READING = ["GET", "HEAD", "OPTIONS"]
_TAKEN = {"POST": bodies.FEATURE_TYPES, "PATCH": bodies.PATCH_TYPES}


@bp.post("/collections/<collection_id>/items")
def create(collection_id: str) -> Response:
    """Store a new record under a ref that the registry gives."""
    collection, by = _writable(collection_id), program().actor
    document = bodies.read_document(bodies.FEATURE_TYPES)
    sent = bodies.read_feature(document, collection, placed=True)
    draft = _draft(collection, sent)
    alike = _alike(session(), collection, draft)
    with writing() as opened:
        alike += _alike(opened, collection, draft, None, history.newest(session()))
        row = records.create(opened, collection, draft, by, reason=sent.reason)
        comparing.settle(opened, row.ref, alike, by, sent.reason)
        ref, text = row.ref, row.text
    response = _answer(text, 201, draft.warnings)
    response.headers["Location"] = address("item", collection_id=collection.id, ref=ref)
    return response


@bp.put("/collections/<collection_id>/items/<ref>")
def replace(collection_id: str, ref: str) -> Response:
    """Store a record anew: what is not said is no longer so."""
    collection, by = _writable(collection_id), program().actor
    bodies.check_version(_stored(collection, ref))
    document = bodies.read_document(bodies.FEATURE_TYPES)
    return _revise(collection, ref, bodies.read_feature(document, collection, ref, placed=True), by)


@bp.patch("/collections/<collection_id>/items/<ref>")
def change(collection_id: str, ref: str) -> Response:
    """Change what a merge patch says of a record, and nothing else."""
    collection, by = _writable(collection_id), program().actor
    text = _stored(collection, ref)
    bodies.check_version(text)
    patch = bodies.read_document(bodies.PATCH_TYPES)
    place = patch.get("geometry")
    moves = isinstance(place, dict) and bool(place.keys() & {"coordinates", "geometries"})
    document = bodies.merged(orjson.loads(text), patch)
    return _revise(
        collection, ref, bodies.read_feature(document, collection, ref, placed=moves), by
    )


@bp.delete("/collections/<collection_id>/items/<ref>")
def remove(collection_id: str, ref: str) -> Response:
    """Take a record out; its history stays, its ref is never given again."""
    collection, by = _writable(collection_id), program().actor
    bodies.check_version(_stored(collection, ref))
    reason = bodies.read_reason()
    with writing() as opened:
        row = records.load(opened, collection, ref, lock=True)
        bodies.check_version(row.text)
        removal.remove(opened, collection, row, by, version=row.version, reason=reason)
    return Response(status=204)


@bp.after_app_request
def allow(response: Response) -> Response:
    """What may be sent to an address; a collection that the registry makes itself is only read."""
    if in_api() and (request.method == "OPTIONS" or response.status_code == 405):
        # What the router refused has no arguments of a view.
        asked = request.path.removeprefix(_OF_COLLECTIONS).partition("/")[0]
        if asked in {collection.id for collection in PUBLISHED if collection.read_only}:
            response.headers["Allow"] = ", ".join(_READING)
        for method, types in _TAKEN.items():
            if method in response.allow:
                response.headers[f"Accept-{method.title()}"] = ", ".join(types)
    return response


def _revise(collection: Collection, ref: str, sent: Sent, by: Actor) -> Response:
    row = records.load(session(), collection, ref)
    draft = _draft(collection, sent, row)
    stored = from_text(row.text)
    alike = _alike(session(), collection, draft, stored)
    with writing() as opened:
        row = records.load(opened, collection, ref, lock=True)
        bodies.check_version(row.text)
        alike += _alike(opened, collection, draft, stored, history.newest(session()))
        if differs(row, draft):
            version = row.version
            records.revise(opened, collection, row, draft, by, version=version, reason=sent.reason)
        comparing.settle(opened, ref, alike, by, sent.reason)
        text = row.text
    return _answer(text, 204, draft.warnings)


def _writable(collection_id: str) -> Collection:
    collection = find_collection(collection_id)
    if collection.read_only:
        raise MethodNotAllowed(
            _READING, f"{collection.title} are only read; the registry makes them itself."
        )
    return collection


def _stored(collection: Collection, ref: str) -> str:
    return queries.get_text(session(), collection, ref, public_only=False)


def _draft(collection: Collection, sent: Sent, row: Any = None) -> Draft:
    """A record that may be stored; raises Invalid with every fault."""
    project = row if collection is PROJECTS else None
    try:
        draft = checked(
            session(),
            collection,
            sent.values,
            sent.geometry,
            now().date(),
            project=project,
            reason=sent.reason,
        )
    except Invalid as error:
        raise sent.refuse(error.faults) from error
    if sent.faults:
        raise sent.refuse({})
    return draft


def _alike(
    opened: Session,
    collection: Collection,
    draft: Draft,
    stored: Feature | None = None,
    changed_after: int = 0,
) -> list[Likeness]:
    """Projects that look like it, all of which whoever sends this knows; raises Unseen."""
    if collection is not PROJECTS:
        return []
    told = bodies.told_apart()
    return comparing.check(opened, draft, told, stored, changed_after=changed_after)


@bp.errorhandler(Unseen)
def similar(error: Unseen) -> Response:
    """Which projects look alike, and what to send to go on."""
    alike = error.alike
    refs = ", ".join(one.feature.ref for one in alike)
    sentence = (
        f"Nothing was stored: {refs} may be the same. Change that one, or send this again with "
        f"{bodies.DIFFERENT_HEADER}: {refs}"
    )
    return say(
        409,
        [sentence],
        "Something like it is there already",
        similar=[
            {
                "ref": one.feature.ref,
                "name": one.feature.properties["name"],
                "score": one.score,
                "reasons": one.reasons,
                "href": address("item", collection_id=PROJECTS.id, ref=one.feature.ref),
            }
            for one in alike
        ],
    )


def _answer(text: str, status: int, warnings: Sequence[str]) -> Response:
    """The tag of what is stored now; with `Prefer: return=representation` (RFC 7240) all of it."""
    if "return=representation" not in request.headers.get("Prefer", "").replace(" ", ""):
        empty = tagged(Response(status=status), record_tag(text))
        del empty.headers["Content-Type"]  # there is nothing that could be of a type
        return empty
    said = b',"warnings":%b}' % orjson.dumps(warnings) if warnings else b"}"
    response = Response(text.encode()[:-1] + said, 201 if status == 201 else 200)
    response.content_type = GEOJSON
    response.headers["Preference-Applied"] = "return=representation"
    return tagged(response, record_tag(text))
