"""Kinds of filter: how each reads a parameter's text, prints it back and becomes SQL."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import shapely
from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import Session

from geo.bbox import BBox
from geo.errors import BadBBox
from geo.nearest import pairs_within
from geo.numbers import exact_number, plain_number
from registry.folding import fold, slug
from registry.kinds import Number, shown
from registry.models import Organisation, Project, ProjectPartner
from registry.spatial import line_meets_box, meets_box
from registry.vocabulary import MEASURED_PRECISIONS, Term

MOST_NEAR_KM = 2000.0
MOST_WORDS = 12
LONGEST_TEXT = 200
MOST_VALUES = 50


class Field(Protocol):
    """One filter. `read` raises ValueError with a sentence; `write` gives texts for the address."""

    @property
    def name(self) -> str:
        """The parameter's name."""

    @property
    def label(self) -> str:
        """What a form calls it."""

    def read(self, texts: Sequence[str]) -> Any:
        """The value asked for, from all texts given under the name."""

    def write(self, value: Any) -> tuple[str, ...]:
        """The value as texts that `read` understands."""

    def condition(self, session: Session, value: Any) -> ColumnElement[bool]:
        """The rows that answer."""


Condition = Callable[[Sequence[str]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One or more words of a vocabulary: or within, and between filters."""

    name: str
    label: str
    terms: Sequence[Term]
    where: Condition

    def read(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Slugs in the order of the vocabulary."""
        known = {term.slug.casefold(): term.slug for term in self.terms}
        said = _split(self.name, texts)
        unknown = [word for word in said if word.casefold() not in known]
        if unknown:
            choices = ", ".join(term.slug for term in self.terms)
            raise ValueError(f"{self.name} takes {choices}; got {shown(unknown[0])}.")
        asked = {known[word.casefold()] for word in said}
        return tuple(term.slug for term in self.terms if term.slug in asked)

    def write(self, value: tuple[str, ...]) -> tuple[str, ...]:
        """One text a word."""
        return value

    def condition(self, session: Session, value: tuple[str, ...]) -> ColumnElement[bool]:
        """Rows with one of the words."""
        return self.where(value)


@dataclass(frozen=True, slots=True)
class Bound:
    """At least (or at most) a number."""

    name: str
    label: str
    column: Any
    least: bool
    kind: Number

    def read(self, texts: Sequence[str]) -> float:
        """The number."""
        try:
            number = self.kind.read(_single(self.name, texts))
        except ValueError as error:
            raise ValueError(f"{self.name} {error}.") from None
        return float(number or 0)

    def write(self, value: float) -> tuple[str, ...]:
        """Its shortest text."""
        return (exact_number(value),)

    def condition(self, session: Session, value: float) -> ColumnElement[bool]:
        """Rows that have the figure and are within the bound."""
        column: ColumnElement[bool] = self.column >= value if self.least else self.column <= value
        return column


@dataclass(frozen=True, slots=True)
class Words:
    """All the words, folded, anywhere in a record's names, partners, summary and places."""

    name: str
    label: str
    column: Any

    def read(self, texts: Sequence[str]) -> str:
        """The text as typed."""
        text = _single(self.name, texts)
        words = fold(text).split()
        if not words:
            raise ValueError(f"{self.name} takes letters or figures; got {shown(text)}.")
        if len(words) > MOST_WORDS:
            raise ValueError(f"{self.name} takes at most {MOST_WORDS} words; it has {len(words)}.")
        return text

    def write(self, value: str) -> tuple[str, ...]:
        """The text."""
        return (value,)

    def condition(self, session: Session, value: str) -> ColumnElement[bool]:
        """Rows that hold every word."""
        return and_(*(self.column.contains(word, autoescape=True) for word in fold(value).split()))


@dataclass(frozen=True, slots=True)
class Box:
    """Geometry that meets a box: west,south,east,north; without a column there is no geometry."""

    name: str
    label: str
    column: Any

    def read(self, texts: Sequence[str]) -> BBox:
        """The box; raises ValueError for what is none."""
        return _read_box(self.name, texts)

    def write(self, value: BBox) -> tuple[str, ...]:
        """The box as text."""
        return (str(value),)

    def condition(self, session: Session, value: BBox) -> ColumnElement[bool]:
        """Rows whose geometry meets it."""
        return false() if self.column is None else meets_box(self.column, value)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line between two stored points that meets a box: west,south,east,north."""

    name: str
    label: str
    start: tuple[Any, Any]
    end: tuple[Any, Any]

    def read(self, texts: Sequence[str]) -> BBox:
        """The box; raises ValueError for what is none."""
        return _read_box(self.name, texts)

    def write(self, value: BBox) -> tuple[str, ...]:
        """The box as text."""
        return (str(value),)

    def condition(self, session: Session, value: BBox) -> ColumnElement[bool]:
        """Rows whose line meets it."""
        return or_(*(line_meets_box(self.start, self.end, part) for part in value.parts()))


@dataclass(frozen=True, slots=True)
class Circle:
    """A place and a radius."""

    lon: float
    lat: float
    km: float


@dataclass(frozen=True, slots=True)
class Near:
    """Within so many geodesic kilometres of a place; positions that say nothing exact take no
    part.
    """

    name: str
    label: str
    model: Any

    def read(self, texts: Sequence[str]) -> Circle:
        """The circle, from "lon,lat,km"."""
        text = _single(self.name, texts)
        try:
            lon, lat, km = (plain_number(part) for part in text.split(","))
        except ValueError:
            raise ValueError(
                f"{self.name} takes lon,lat,km as 69.2,41.3,50; got {shown(text)}."
            ) from None
        if not (math.isfinite(km) and -180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(
                f"{self.name} takes a longitude, a latitude and kilometres; got {shown(text)}."
            )
        if not 0 < km <= MOST_NEAR_KM:
            raise ValueError(f"{self.name} reaches from 0 to {MOST_NEAR_KM:g} km; got {km:g}.")
        return Circle(lon, lat, km)

    def write(self, value: Circle) -> tuple[str, ...]:
        """The circle as text."""
        return (",".join(map(exact_number, (value.lon, value.lat, value.km))),)

    def condition(self, session: Session, value: Circle) -> ColumnElement[bool]:
        """Rows within the circle: a box of the index first, then the engine."""
        model = self.model
        asked = select(model.id, model.geometry).where(
            meets_box(model.geometry, BBox.around(value.lon, value.lat, value.km)),
            model.location_precision.in_(MEASURED_PRECISIONS),
        )
        rows = session.execute(asked).all()
        geometries = np.array([row.geometry for row in rows], dtype=object)
        centre = np.array([shapely.Point(value.lon, value.lat)], dtype=object)
        pairs = pairs_within(centre, geometries, value.km * 1000)
        ids = [rows[index].id for index in pairs.right.tolist()]
        found: ColumnElement[bool] = model.id.in_(
            bindparam(None, ids, expanding=True, literal_execute=True)
        )
        return found


@dataclass(frozen=True, slots=True)
class Partner:
    """Organisations by name, or every organisation of a country by its two letters."""

    name: str
    label: str

    def read(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Names as typed."""
        return tuple(dict.fromkeys(_split(self.name, texts)))

    def write(self, value: tuple[str, ...]) -> tuple[str, ...]:
        """One text a name."""
        return value

    def condition(self, session: Session, value: tuple[str, ...]) -> ColumnElement[bool]:
        """Projects with such a partner: of that very name where a public project has one, else
        with the text in its name.
        """
        keys = [key for key in map(slug, self._names(value)) if key]
        # A name that only drafts bear must change nothing, or its answer would tell of it.
        very = _borne(public_only=True).where(Organisation.slug.in_(keys))
        known = set(session.scalars(very)) if keys else set()
        named = [
            Organisation.slug.in_(known),
            *(Organisation.slug.contains(k, autoescape=True) for k in keys if k not in known),
        ]
        asked = or_(
            ProjectPartner.country.in_([said for said in value if _is_country(said)]),
            ProjectPartner.organisation_id.in_(select(Organisation.id).where(or_(*named))),
        )
        return Project.id.in_(select(ProjectPartner.project_id).where(asked))

    def unknown(self, session: Session, value: tuple[str, ...], *, public_only: bool) -> str | None:
        """A sentence on the first name that no visible project's partner has."""
        keys = {said: slug(said) for said in self._names(value)}
        asked = [Organisation.slug.contains(k, autoescape=True) for k in keys.values() if k]
        found = session.scalars(_borne(public_only).where(or_(*asked))).all() if asked else ()
        for said, key in keys.items():
            if not key or not any(key in each for each in found):
                return f"{self.name}: no partner is called {shown(said)}."
        return None

    def _names(self, value: tuple[str, ...]) -> list[str]:
        return [said for said in value if not _is_country(said)]


def _borne(public_only: bool) -> Select[str]:
    """Names of organisations, as one word, that take part in a project one may see."""
    part = select(ProjectPartner.id).where(ProjectPartner.organisation_id == Organisation.id)
    if public_only:
        part = part.join(Project, Project.id == ProjectPartner.project_id).where(
            Project.publication == "public"
        )
    return select(Organisation.slug).where(part.exists())


def _is_country(said: str) -> bool:
    return len(said) == 2 and said.isupper()


def _split(name: str, texts: Sequence[str]) -> list[str]:
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    if len(words) > MOST_VALUES:
        raise ValueError(f"{name} takes at most {MOST_VALUES} values; it is given {len(words):,}.")
    for word in words:
        _check_length(name, word)
    return words


def _check_length(name: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{name} has {len(text):,} characters; at most {LONGEST_TEXT} fit.")


def _read_box(name: str, texts: Sequence[str]) -> BBox:
    try:
        return BBox.parse(_single(name, texts))
    except BadBBox as error:
        raise ValueError(str(error)) from None


def _single(name: str, texts: Sequence[str]) -> str:
    if len(texts) > 1:
        raise ValueError(f"{name} takes one value; it is given {len(texts):,} times.")
    text = texts[0].strip()
    _check_length(name, text)
    return text
