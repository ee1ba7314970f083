"""What the page of an import shows: counts, rows with their reasons, columns with their meaning."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.formats import Outline, RawFeature
from geo.formats.base import Placed
from geo.formats.flat import safe_cell
from registry.collections import Collection
from registry.history import Change
from registry.kinds import is_blank
from registry.mapping import ID, Meaning, meaning
from registry.previews import Preview
from registry.properties import Property
from registry.reports import Verdict
from registry.units import MEASURES, Unit, of_heading
from web import wording

MOST_ROWS = 100
"""Rows of one page; the report has all."""

_MOST_CHANGES = 8
_LONGEST_EXAMPLE = 60
_EXAMPLES = 3
WORDS = {
    "refused": "Refused",
    "revise": "Changed",
    "create": "New",
    "unchanged": "Unchanged",
}
"""Verdicts in the order in which a person wants to see them."""

STORED = ("create", "revise", "unchanged")
_NO_PROPERTY = {ID: "Id", "geometry": "Place", "row": "Row"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: what would become of it, and why."""

    row: int
    name: str
    ref: str | None
    verdict: str
    reasons: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The counts of all rows that were read, and the first of those that are shown."""

    total: int
    is_whole: bool
    counts: dict[str, int]
    warned: int
    doubled: int
    shown: str
    lines: tuple[Line, ...]
    matching: int
    go_back: int

    @property
    def is_storable(self) -> bool:
        """Whether nothing keeps the file out and something would be stored."""
        return not self.counts["refused"] and bool(self.counts["create"] + self.counts["revise"])


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column of the file: what it means to us, and what stands in it."""

    name: str
    meaning: Meaning
    examples: tuple[str, ...]

    @property
    def ours(self) -> str:
        """The property."""
        return self.meaning.ours

    @property
    def units(self) -> list[Unit]:
        """The units that it may be in, ours aside; none where the property has no unit."""
        measure = MEASURES.get(self.ours)
        return [one for one in measure.units.values() if not one.is_ours] if measure else []

    @property
    def said(self) -> str:
        """How a figure of the file becomes one of ours, as “× 1,000”; nothing where it stays."""
        factor = self.meaning.unit.factor if self.meaning.unit else 1
        if factor == 1:
            return ""
        return f"× {factor:,.10g}" if factor > 1 else f"÷ {1 / factor:,.10g}"


def page(collection: Collection, found: Preview, named: Sequence[str], shown: str) -> Page:
    """The rows of one verdict (of all where `shown` is none), refused ones first.

    `named` says what each row is called.
    """
    order = list(WORDS)
    chosen = [
        (verdict, name)
        for verdict, name in zip(found.report.rows, named, strict=True)
        if shown not in WORDS or verdict.verdict == shown
    ]
    chosen.sort(key=lambda pair: (order.index(pair[0].verdict), not pair[0].warnings))
    return Page(
        len(named),
        found.is_whole,
        {word: found.report.count(word) for word in WORDS},
        sum(bool(verdict.warnings) for verdict in found.report.rows),
        found.report.doubled,
        shown if shown in WORDS else "",
        tuple(_line(collection, found, *pair) for pair in chosen[:MOST_ROWS]),
        len(chosen),
        found.go_back,
    )


def _line(collection: Collection, found: Preview, verdict: Verdict, name: str) -> Line:
    labels = {prop.name: prop.label for prop in collection.properties} | _NO_PROPERTY
    change = found.changes.get(verdict.ref or "") if verdict.verdict == "revise" else None
    return Line(
        verdict.row,
        name,
        None if verdict.verdict == "create" else verdict.ref,
        verdict.verdict,
        tuple(
            ("" if sentence.startswith(label) else label, sentence)
            for field, sentences in verdict.faults.items()
            for label in (labels.get(field, field),)
            for sentence in sentences
        ),
        () if change is None else tuple(_changes(collection, change)),
        verdict.warnings,
    )


def _changes(collection: Collection, change: Change) -> Iterator[tuple[str, str, str]]:
    """Label, before and after of what would change, computed values aside."""
    props = {prop.name: prop for prop in collection.properties if not prop.computed}
    said = [field for field in change.fields if field.name in props][:_MOST_CHANGES]
    for field in said:
        prop = props[field.name]
        yield (
            prop.label,
            _cut(wording.value(prop, field.before)),
            _cut(wording.value(prop, field.after)),
        )
    if change.moved:
        yield "Place", "", "moved or drawn anew"


def columns(
    names: Sequence[str], meant: Mapping[str, str], rows: Sequence[RawFeature]
) -> list[MappedColumn]:
    """Each column of the file with what it means and a few of its values."""
    examples: dict[str, dict[str, None]] = {name: {} for name in names}
    for row in rows:
        for name, value in row.properties.items():
            if not is_blank(value) and len(examples[name]) < _EXAMPLES:
                examples[name][_cut(_as_text(value))] = None
    return [
        MappedColumn(name, meaning(meant.get(name, "")), tuple(examples[name])) for name in names
    ]


def placed(
    outline: Outline | None, rows: Sequence[RawFeature]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """The columns that say the place or the id: name, what it says, and a few of its values."""
    return [
        (name, _PLACED[role], _distinct(_ROLES[role](row) for row in rows))
        for name, role in (outline.placed.items() if outline else ())
    ]


def asked(meant: Mapping[str, str]) -> list[tuple[str, str]]:
    """The columns whose unit is not known, and what their headings say of it."""
    return [
        (name, of_heading(name, meaning(text).ours)[1])
        for name, text in meant.items()
        if meaning(text).is_asked
    ]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(text for text in texts if text), _EXAMPLES))


def _degrees(row: RawFeature, axis: int) -> str:
    return f"{row.geometry.coords[0][axis]:g}" if isinstance(row.geometry, Point) else ""


_PLACED: Mapping[Placed, str] = {
    "id": "Id",
    "place": "Place",
    "longitude": "Longitude of the place",
    "latitude": "Latitude of the place",
}
_ROLES: Mapping[Placed, Callable[[RawFeature], str]] = {
    "id": lambda row: row.ref or "",
    "place": lambda row: row.geometry.geom_type if isinstance(row.geometry, BaseGeometry) else "",
    "longitude": lambda row: _degrees(row, 0),
    "latitude": lambda row: _degrees(row, 1),
}


def missing(collection: Collection, meant: Mapping[str, str]) -> list[str]:
    """The labels of needed properties that no column of the file means."""
    said = set(meant.values())
    return [prop.label for prop in collection.properties if prop.required and prop.name not in said]


def groups(collection: Collection) -> list[tuple[str, list[Property]]]:
    """The properties that a column can mean, by their groups."""
    found: dict[str, list[Property]] = {}
    for prop in collection.properties:
        if not prop.computed:
            found.setdefault(prop.group, []).append(prop)
    return list(found.items())


def report(collection: Collection, found: Preview, named: Sequence[str]) -> Iterator[list[str]]:
    """A header and a line for each row, as cells."""
    yield ["row", "ref", "name", "verdict", "reasons", "warnings"]
    for verdict, name in zip(found.report.rows, named, strict=True):
        line = _line(collection, found, verdict, name)
        reasons = [
            f"{label}: {sentence}" if label else sentence for label, sentence in line.reasons
        ]
        reasons += [f"{label}: {before} → {after}" for label, before, after in line.changes]
        cells = [
            line.ref or "",
            line.name,
            WORDS[line.verdict].lower(),
            " ".join(reasons),
            " ".join(line.warnings),
        ]
        yield [str(line.row), *map(safe_cell, cells)]


def _as_text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _cut(text: str) -> str:
    return f"{text[:_LONGEST_EXAMPLE]}…" if len(text) > _LONGEST_EXAMPLE else text
