"""Whether a request wants a page or a document: `f` where it is given, else `Accept`."""

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable

from registry.errors import BadFilter
from registry.kinds import shown

API_ROOT = "/api"
FORMS = ("json", "html")
# What a document may be called; the first is what is meant where anything will do.
JSON_TYPES = ("application/json", "application/geo+json", "application/problem+json")


def read_form(*also: str) -> str:
    """`json` or `html`; `also` are media types of this address beside the usual ones.

    Raises BadFilter for an unknown `f`, NotAcceptable where `Accept` allows neither.
    """
    said = [each for each in request.args.getlist("f") if each]
    if said:
        if len(said) > 1 or said[0] not in FORMS:
            got = shown(", ".join(said))
            raise BadFilter({"f": f"f takes {' or '.join(FORMS)}; got {got}."})
        return said[0]
    accepted = _accepted()
    if not accepted:
        return "json"
    best = accepted.best_match([*also, *JSON_TYPES, "text/html"])
    if best is None:
        raise NotAcceptable("This address answers with JSON or HTML; ask for one of them.")
    return "html" if best == "text/html" else "json"


def in_api() -> bool:
    """Whether this request is for the API, be there something at its address or not."""
    return request.path == API_ROOT or request.path.startswith(f"{API_ROOT}/")


def wants_page() -> bool:
    """Whether an error is told to a person: a browser asks for HTML first."""
    said = request.args.get("f", "")
    if said in FORMS:
        return said == "html"
    accepted = _accepted()
    return bool(accepted) and accepted.best_match([*JSON_TYPES, "text/html"]) == "text/html"


def _accepted() -> MIMEAccept:
    """What the client takes, without what it says of a type besides, as `charset=utf-8`."""
    said = request.accept_mimetypes
    return MIMEAccept([(kind.partition(";")[0].strip(), quality) for kind, quality in said])
