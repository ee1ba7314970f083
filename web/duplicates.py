"""Possible duplicates for a coordinator: merge them, mark them as phases or as different."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import decisions, duplicates, rights
from registry.accounts import Visitor
from registry.collections import PROJECTS
from registry.errors import Invalid, Moved
from registry.filters import Filter
from registry.vocabulary import COUNTRY_TERMS, by_slug
from web.comparing import compare
from web.db import session, writing
from web.errors import say
from web.explore import address
from web.params import DONE, read_question, read_reason
from web.visitors import signed_in

bp = Blueprint("duplicates", __name__)

# Pairs and past decisions that one page shows.
MOST_PAIRS = 20
MOST_DECISIONS = 30
LONGEST_REASON = 300
# Each takes the session, two refs, who decides and why; the first ref is the one that stands.
_ACTS: dict[str, Callable[..., Any]] = {
    "different": decisions.mark_different,
    "phases": decisions.mark_phases,
    "merge": decisions.merge,
}


@bp.get("/duplicates")
def show() -> str:
    """Pairs of projects that may be one, most alike first, and what was decided before."""
    reviewer()
    asked, page = read_question(PROJECTS)
    found, total = duplicates.pairs(session(), asked, offset=page.offset, limit=MOST_PAIRS)
    return render_template(
        "duplicates/show.html",
        total=total,
        first=page.offset + 1,
        turned=_turned(asked, page.offset, total),
        pairs=[(pair, compare([pair.left, pair.right])) for pair in found],
        decided=decisions.decisions(session())[:MOST_DECISIONS],
        verdicts=by_slug(decisions.VERDICTS),
        countries=COUNTRY_TERMS,
        country=asked.get("country") or (),
        done=request.args.get(DONE) in _ACTS,
    )


@bp.post("/duplicates/<act>")
def decide(act: str) -> Response:
    """Store what was found of a pair: `pair` is the ref that stands, a tilde, the other."""
    by = reviewer().actor
    if act not in _ACTS:
        abort(404)
    first, tilde, second = request.form.get("pair", "").partition("~")
    if not tilde:
        raise Invalid({"pair": ["Two projects are needed; go back and choose a pair."]})
    if act == "merge" and not request.form.get("confirm"):
        raise Invalid({"confirm": ["Nothing was merged: tick the box that says so first."]})
    with writing() as opened:
        _ACTS[act](opened, first, second, by, read_reason(LONGEST_REASON))
    return redirect(url_for("duplicates.show", done=act), 303)


@bp.app_errorhandler(Moved)
def moved(error: Moved) -> Response:
    """A page of a merged project leads to the kept one; a change of it is not stored."""
    if request.method in ("GET", "HEAD") and request.endpoint and request.view_args:
        return redirect(url_for(request.endpoint, **(request.view_args | {"ref": error.ref})), 301)
    sentence = f"{error} Nothing was stored; open {error.ref} and change that one."
    return say(409, [sentence], "This project was merged")


def _turned(asked: Filter, offset: int, total: int) -> list[tuple[str, str, str]]:
    """The relation, the label and the address of the pages before and after this one."""
    steps = (("prev", "Previous", offset - MOST_PAIRS), ("next", "Next", offset + MOST_PAIRS))
    args = asked.to_args()
    return [
        (rel, label, address("duplicates.show", [*args, ("offset", str(max(0, at)))]))
        for rel, label, at in steps
        if -MOST_PAIRS < at < total and at != offset
    ]


def reviewer() -> Visitor:
    """Who is signed in and may review; sends others to sign in, or says what their role lacks."""
    someone = signed_in()
    rights.allow_review(someone.actor, decisions.REVIEW)
    return someone
