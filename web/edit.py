"""Adding and editing a project: a form whose fields come from the table of properties."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from geo.feature import Feature
from geo.geometry import geojson_text
from registry import history, queries, records, rights
from registry.checking import checked
from registry.clock import now
from registry.collections import AGREEMENTS, PROJECTS, Collection
from registry.drafts import Draft
from registry.duplicates import Likeness
from registry.errors import Busy, Conflict, Invalid
from registry.filters import Filter, Page
from registry.history import Change
from registry.models import Project
from registry.properties import OPTIONAL_GROUPS, Property
from web import comparing
from web.comparing import Unseen
from web.db import session, writing
from web.maps.drawing import drawing_map
from web.params import read_reason
from web.visitors import writer

bp = Blueprint("edit", __name__)

# As many choices as a list of suggestions can hold.
LONGEST_LIST = 500
# As many rows of a list as the form shows again: more than any may have, so that it can say so.
MOST_ROWS = 200
Values = Mapping[str, Any]


@bp.get("/projects/new")
def new() -> str:
    """An empty form; `geometry` in the address begins it with a place."""
    writer()
    return _form(None, {"publication": "public"}, request.args.get("geometry", ""))


@bp.post("/projects")
def create() -> Response | tuple[str, int]:
    """Store a new project, or show the form again with every fault and all that was typed."""
    by = writer().actor
    values, geometry = _typed(request.form)
    try:
        draft, reason = _checked(values, geometry)
        alike = comparing.check(session(), draft, _told())
        with writing() as opened:
            since = history.newest(session())
            alike += comparing.check(opened, draft, _told(), changed_after=since)
            ref = records.create(opened, PROJECTS, draft, by, reason=reason).ref
            comparing.settle(opened, ref, alike, by, reason)
    except Unseen as error:
        return _form(None, values, geometry, **_beside(draft, error.alike)), 409
    except Invalid as error:
        return _form(None, values, geometry, faults=error.faults), 422
    except Busy as error:
        return _form(None, values, geometry, conflict=str(error), busy=True), 503
    return _to_page(ref, "created")


@bp.get("/projects/<ref>/edit")
def edit(ref: str) -> str:
    """The form of a project as it is stored."""
    rights.check(session(), writer().actor, PROJECTS, records.load(session(), PROJECTS, ref))
    project = queries.get(session(), PROJECTS, ref, public_only=False)
    return _form(
        project, project.properties, _geometry_text(project), version=project.properties["version"]
    )


@bp.post("/projects/<ref>")
def revise(ref: str) -> Response | tuple[str, int]:
    """Store a change; the second of two editors is told what the first one did, and keeps what
    they typed.
    """
    by = writer().actor
    values, geometry = _typed(request.form)
    version = request.form.get("version", type=int) or 0
    try:
        stored = records.load(session(), PROJECTS, ref)
        draft, reason = _checked(values, geometry, stored)
        project = queries.get(session(), PROJECTS, ref, public_only=False)
        alike = comparing.check(session(), draft, _told(), project)
        with writing() as opened:
            row = records.load(opened, PROJECTS, ref, lock=True)
            since = history.newest(session())
            alike += comparing.check(opened, draft, _told(), project, changed_after=since)
            records.revise(opened, PROJECTS, row, draft, by, version=version, reason=reason)
            comparing.settle(opened, ref, alike, by, reason)
    except Unseen as error:
        beside = _beside(draft, error.alike)
        return _form(project, values, geometry, version=version, **beside), 409
    except Invalid as error:
        project = queries.get(session(), PROJECTS, ref, public_only=False)
        return _form(project, values, geometry, faults=error.faults, version=version), 422
    except Conflict as error:
        return _conflict(ref, values, geometry, version, str(error)), 409
    except Busy as error:
        return _form(
            project, values, geometry, version=version, conflict=str(error), busy=True
        ), 503
    return _to_page(ref, "saved")


def _checked(values: Values, geometry: str, stored: Project | None = None) -> tuple[Draft, str]:
    """The project that was typed and the reason given; raises Invalid with every fault."""
    reason, faults = "", dict[str, tuple[str, ...]]()
    try:
        reason = read_reason()
    except Invalid as error:
        faults = error.faults
    try:
        draft = checked(
            session(), PROJECTS, values, geometry, now().date(), project=stored, reason=reason
        )
    except Invalid as error:
        raise Invalid(error.faults | faults) from error
    if faults:
        raise Invalid(faults)
    return draft, reason


def _told() -> list[str]:
    """The projects that were shown, where whoever saw them goes on."""
    return request.form.getlist("told") if request.form.get("anyway") else []


def _beside(draft: Draft, alike: Sequence[Likeness]) -> dict[str, Any]:
    """What the form shows of projects that may be this one."""
    shown = [comparing.as_typed(draft), *(one.feature for one in alike)]
    heads = [("What you typed", None), *((one.feature.ref, one.feature.ref) for one in alike)]
    return {"alike": alike, "heads": heads, "lines": comparing.compare(shown)}


def _conflict(ref: str, values: Values, geometry: str, version: int, sentence: str) -> str:
    session().rollback()  # what was read so far is older than the other change
    project = queries.get(session(), PROJECTS, ref, public_only=False)
    since = [
        change
        for change in history.changes(session(), PROJECTS.id, ref)
        if change.version > version
    ]
    return _form(
        project,
        values,
        geometry,
        version=project.properties["version"],
        conflict=sentence,
        since=since,
    )


def _typed(form: MultiDict[str, str]) -> tuple[dict[str, Any], str]:
    """What was typed, as it was typed: a list where the property is one, else text."""
    values: dict[str, Any] = {}
    for prop in _asked():
        values[prop.name] = (
            form.getlist(prop.name)[:MOST_ROWS] if prop.kind.is_list else form.get(prop.name, "")
        )
    return values, form.get("geometry", "")


def _asked() -> list[Property]:
    return [prop for prop in PROJECTS.properties if not prop.computed]


def _groups() -> list[tuple[str, bool, list[Property]]]:
    """The form's groups in order: title, whether it may stay folded, its properties."""
    groups: dict[str, list[Property]] = {}
    for prop in _asked():
        groups.setdefault(prop.group, []).append(prop)
    return [(title, title in OPTIONAL_GROUPS, props) for title, props in groups.items()]


def _form(
    project: Feature | None,
    values: Values,
    geometry: str,
    *,
    faults: Mapping[str, tuple[str, ...]] | None = None,
    version: int | None = None,
    conflict: str = "",
    since: list[Change] | None = None,
    **beside: Any,
) -> str:
    return render_template(
        "edit/form.html",
        groups=_groups(),
        values=values,
        geometry_text=geometry,
        faults=faults or {},
        project=project,
        ref=project.ref if project else None,
        version=version,
        conflict=conflict,
        since=since or [],
        reason=request.form.get("reason", ""),
        offered={"parent": _offered(PROJECTS), "agreement": _offered(AGREEMENTS)},
        map=drawing_map(project, geometry),
        **beside,
    )


def _offered(collection: Collection) -> list[tuple[str, str]]:
    """Refs of a collection with their names, to pick from; one beyond them is typed."""
    page = Page(limit=LONGEST_LIST)
    found = queries.features(session(), collection, Filter(collection.id), page, public_only=False)
    return [(record.ref, record.properties[collection.named_by]) for record in found]


def _geometry_text(project: Feature) -> str:
    return "" if project.geometry is None else geojson_text(project.geometry)


def _to_page(ref: str, done: str) -> Response:
    return redirect(url_for("pages.project", ref=ref, done=done), 303)
