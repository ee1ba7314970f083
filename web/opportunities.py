"""What is missing: deposits that no live project uses, projects whose resource is not near."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request, url_for

from geo.feature import feature_text
from geo.formats import FORMATS
from registry import columns, opportunities
from registry.clock import now
from registry.database.types import moment_text
from registry.errors import BadFilter
from registry.needs import FIELDS_OF_OPPORTUNITIES, Question
from registry.opportunities import Found, Lacking, Unused
from registry.reach import MOST_KM
from registry.vocabulary import (
    COMMODITIES,
    COMMODITY_GROUPS,
    COUNTRY_TERMS,
    Commodity,
    CommodityGroup,
    Term,
)
from web.db import session
from web.explore import Download
from web.maps import drawn
from web.maps.lean import lean_feature
from web.maps.parts import MapParts
from web.params import read_format
from web.visitors import public_only

bp = Blueprint("opportunities", __name__)

KINDS = (
    Term("deposits", "Deposits without a project"),
    Term("projects", "Projects without their resource"),
)
# Rows of the table at a time; map and file hold all.
ROWS_AT_A_TIME = 100
_SECTORS = next(field for field in FIELDS_OF_OPPORTUNITIES if field.name == "sector").terms


@dataclass(frozen=True)
class Shown:
    """What a request asks for, and what was found: all that page, map and file need."""

    kind: str
    asked: Question
    offset: int
    found: Found[Unused] | Found[Lacking]

    @cached_property
    def args(self) -> list[tuple[str, str]]:
        """The question as parameters, its kind first."""
        return [("kind", self.kind), *self.asked.to_args()]

    @property
    def rows(self) -> tuple[Unused, ...] | tuple[Lacking, ...]:
        """The rows of this page of the table."""
        return self.found.rows[self.offset : self.offset + ROWS_AT_A_TIME]

    def address(self, endpoint: str = "opportunities.show", **other: Any) -> str:
        """Where the same question is answered, with what is given instead."""
        grouped: dict[str, Any] = {}
        for name, word in self.args:
            grouped.setdefault(name, []).append(word)
        return url_for(endpoint, **(grouped | other))

    @property
    def pages(self) -> list[tuple[str, str]]:
        """The label and address of the table's pages before and after this one."""
        before, after = self.offset - ROWS_AT_A_TIME, self.offset + ROWS_AT_A_TIME
        found = [("Back", self.address(offset=max(before, 0) or None))] if self.offset else []
        more = after < len(self.found.rows)
        return [*found, ("On", self.address(offset=after))] if more else found


@bp.get("/opportunities")
def show() -> str:
    """One kind of opportunity under the filters: counts, map and table."""
    shown = _read()
    return render_template(
        "opportunities/show.html",
        shown=shown,
        kinds=KINDS,
        countries=COUNTRY_TERMS,
        sectors=_SECTORS,
        groups=_groups(),
        most_km=MOST_KM,
        most_listed=ROWS_AT_A_TIME,
        downloads=_downloads(shown),
        map=_map(shown),
    )


@bp.get("/map/opportunities.geojson")
def map_features() -> Response:
    """The records of the page as its map draws them."""
    shown = _read()
    features = [
        lean_feature(shown.kind, orjson.loads(feature_text(row.feature)))
        for row in shown.found.rows
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, content_type="application/geo+json")


@bp.get("/export/opportunities.<path:ending>")
def export(ending: str) -> Response:
    """A download of exactly what the page with the same parameters finds."""
    written, shown = read_format(ending), _read()
    rows: Iterator[Unused | Lacking] = iter(shown.found.rows)
    texts = (opportunities.text(row) for row in rows)
    body = written.write(texts, _head(shown), columns.OPPORTUNITIES[shown.kind])
    words = [f"{name}-{word}" for name, word in shown.asked.to_args()]
    middle = "_".join([f"qadam-opportunities-{shown.kind}", *words])[:100]
    name = f"{re.sub(r'[^A-Za-z0-9._-]+', '-', middle)}_{now().date().isoformat()}"
    return Response(
        body,
        content_type=written.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{written.extension}"',
            "Cache-Control": "no-store",
        },
    )


def _read() -> Shown:
    """The question of this request and its answer; raises BadFilter with every fault."""
    args = dict(request.args.lists())
    faults: dict[str, str] = {}
    asked = Question()
    try:
        asked = Question.parse(args, also=("kind", "offset"))
    except BadFilter as error:
        faults |= error.faults
    kind = request.args.get("kind") or KINDS[0].slug
    if kind not in [term.slug for term in KINDS]:
        slugs = " or ".join(term.slug for term in KINDS)
        faults["kind"] = f"kind takes {slugs}; got “{kind[:40]}”."
    offset = request.args.get("offset") or "0"
    if not (offset.isascii() and offset.isdigit() and len(offset) <= 9):
        faults["offset"] = f"offset takes a whole number from 0; got “{offset[:40]}”."
    if faults:
        raise BadFilter(faults)
    return Shown(kind, asked, int(offset), _find(kind, asked))


def _find(kind: str, asked: Question) -> Found[Unused] | Found[Lacking]:
    if kind == "deposits":
        return opportunities.unused_deposits(session(), asked, public_only=public_only())
    return opportunities.lacking_projects(session(), asked, public_only=public_only())


def _head(shown: Shown) -> dict[str, Any]:
    """What an exported file says of itself."""
    found = shown.found
    asked: dict[str, list[str]] = {}
    for name, word in shown.args:
        asked.setdefault(name, []).append(word)
    return {
        "name": "opportunities",
        "title": next(term.label for term in KINDS if term.slug == shown.kind),
        "numberMatched": len(found.rows),
        "numberReturned": len(found.rows),
        "numberMeasured": found.considered,
        "numberWithoutPosition": len(found.left_out),
        "timeStamp": moment_text(now()),
        "filter": asked,
    }


def _downloads(shown: Shown) -> list[Download]:
    """The files that the page offers."""
    return [
        Download(each, shown.address("opportunities.export", ending=each.extension))
        for each in FORMATS
    ]


def _groups() -> list[tuple[CommodityGroup, list[Commodity]]]:
    """The commodities in their groups, as far as any sector needs them."""
    needed = {slug for need in Question().needs() for slug in need.commodities}
    return [
        (group, chosen)
        for group in COMMODITY_GROUPS
        if (chosen := [c for c in COMMODITIES if c.group == group.slug and c.slug in needed])
    ]


def _map(shown: Shown) -> MapParts:
    title = next(term.label for term in KINDS if term.slug == shown.kind)
    url = url_for("opportunities.map_features")
    return drawn.fetched_map(shown.kind, title, url, shown.args, shown.asked.country)
