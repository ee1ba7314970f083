"""What the page of an import shows: counts, rows with their reasons, columns with their meaning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.formats import RawFeature
from geo.formats.flat import safe_cell
from registry.collections import Collection
from registry.history import Change
from registry.kinds import is_blank
from registry.mapping import ID
from registry.previews import Preview
from registry.properties import Property
from registry.reports import Verdict
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

    @property
    def is_storable(self) -> bool:
        """Whether nothing keeps the file out and something would be stored."""
        return not self.counts["refused"] and bool(self.counts["create"] + self.counts["revise"])


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column of the file: what it means to us, and what stands in it."""

    name: str
    ours: str
    examples: tuple[str, ...]


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
    return [MappedColumn(name, meant.get(name, ""), tuple(examples[name])) for name in names]


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
