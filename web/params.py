"""The only interpreter of a request's parameters."""

from collections.abc import Collection as Names

from flask import request

from geo.errors import UnknownFormat
from geo.formats import Format, find_format
from registry.collections import Collection
from registry.errors import BadFilter, Invalid, NotFound
from registry.filters import Filter, Page
from registry.kinds import Text
from registry.reach import STORED_KM, read_km
from web.db import session
from web.visitors import public_only

# After a form is stored its page is shown with a word of what was done.
DONE = "done"
LONGEST_REASON = 500


def read_question(
    collection: Collection,
    *,
    default_limit: int | None = None,
    also: Names[str] = (DONE,),
    turning: Names[str] = (),
) -> tuple[Filter, Page]:
    """What this request asks of a collection; raises BadFilter with every fault.

    `also` says something else here; `turning` tells what turns pages besides `offset`.
    """
    args = {name: values for name, values in request.args.lists() if name not in also}
    faults: dict[str, str] = {}
    asked, page = Filter(collection.id), Page()
    try:
        asked = Filter.parse(args, collection, turning)
        asked.check(session(), public_only=public_only())
    except BadFilter as error:
        faults |= error.faults
    try:
        page = Page.parse(args, collection, default_limit)
    except BadFilter as error:
        faults |= error.faults
    if faults:
        raise BadFilter(faults)
    return asked, page


def read_within_km() -> float:
    """How far from a record this request looks: the stored 50 km where it says nothing."""
    try:
        return read_km(request.args.get("within_km", "")) or STORED_KM
    except ValueError as error:
        raise BadFilter({"within_km": f"within_km {error}."}) from error


def read_reason(longest: int = LONGEST_REASON) -> str:
    """What a form says for the history; raises Invalid."""
    try:
        return str(Text(longest).read(request.form.get("reason", "")) or "")
    except ValueError as error:
        raise Invalid({"reason": [f"The reason {error}."]}) from error


def read_format(ending: str) -> Format:
    """The format of a file ending; raises NotFound."""
    try:
        found = find_format(ending)
    except UnknownFormat as error:
        raise NotFound(str(error)) from error
    if ending.lower() not in (found.name, found.extension):
        raise NotFound(f"No file of the registry ends with .{ending[:40]}.")
    return found
