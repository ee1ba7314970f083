"""A file's columns and ours: what each of theirs probably means, and rows under our names."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import fuzz

from geo.formats import RawFeature
from registry import units
from registry.collections import Collection
from registry.columns import SHORT_NAMES
from registry.errors import Invalid
from registry.filed import in_size
from registry.folding import slug
from registry.kinds import is_blank, read_number, shown
from registry.units import Unit

ID = "id"
"""Ours for a feature's own id, which is no property."""

LEFT_OUT = ""
ASKED = "?"
"""In place of a unit: the heading says one that is not known, so a person must say it."""

_LEAST_ALIKE = 88  # of 100; below this other words are meant
_UNITS_SHOWN = 12
_SHORTEST_ALIKE = 5  # letters; shorter words are alike by chance

# What others call it, in the languages that their files come in.
_SYNONYMS = {
    ID: "ref, code, project id, код, номер, コード",
    "name": (
        "project, project name, title, object, название, наименование, название проекта, "
        "наименование проекта, проект, имя, атауы, "
        "nomi, 名称, 案件名, プロジェクト名"
    ),
    "title": "name, agreement, название, наименование, 名称, 件名",
    "sector": "technology, sector name, category, type, сектор, отрасль, технология, тип, 分野",
    "status": "stage, state, project status, статус, стадия, состояние, 状況, 進捗, 段階",
    "status_date": "as of, since, дата статуса",
    "summary": (
        "description, details, notes, comment, описание, краткое описание, описание проекта, "
        "примечание, комментарий, 概要, 説明, note"
    ),
    "alt_names": "other name, local name, native name, другое название, 別名, aliases, name local",
    "location_precision": "precision, accuracy, location accuracy, точность, 精度",
    "location_source": "location, место, местоположение, 所在地",
    "countries": "country, host country, страна, страны, 国, 国名",
    "admin1": "region, province, oblast, state province, область, регион, вилоят, 州, 地域",
    "partners": (
        "partner, company, companies, developer, owner, sponsor, партнер, партнеры, компания, "
        "инвестор, заказчик, разработчик, パートナー, 事業者, 企業"
    ),
    "partner_countries": "partner country, страна партнера, 企業の国",
    "partner_roles": "role, partner role, роль, 役割",
    "capacity_mw": (
        "mw, power, power mw, capacity, installed capacity, installed capacity mw, мощность, "
        "мощность мвт, мвт, установленная мощность, 出力, 容量, 設備容量, 設備容量 mw"
    ),
    "capacity_unit": "unit, единица, единица измерения, 単位",
    "generation_gwh_per_year": "generation, generation gwh, gwh, output gwh, выработка, 発電量",
    "cost_amount": (
        "cost, investment, budget, capex, стоимость, инвестиции, 費用, 事業費, 投資額, amount, "
        "project cost, сумма"
    ),
    "cost_currency": "currency, валюта, 通貨",
    "cost_usd": "cost usd, usd, investment usd, стоимость usd",
    "start_year": (
        "year, start, commissioning, commissioning year, year online, operation year, год, "
        "год ввода, начало, 開始年, 運転開始年"
    ),
    "end_year": "end, completion year, retirement year, окончание, 終了年",
    "reduction_claimed_tco2e_per_year": (
        "emission reduction, reductions, tco2, tco2e, co2 reduction, сокращение выбросов, "
        "削減量, 排出削減量"
    ),
    "jcm_number": "jcm id, jcm ref, номер jcm, jcm番号",
    "parent": "phase of, part of, parent project, часть, 親案件",
    "sources": "source, url, link, reference, источник, источники, ссылка, 出典, source url",
    "source": "sources, url, link, reference, источник, ссылка, 出典, source url",
    "source_id": "source ref, source code, mrds id",
    "commodities": (
        "commodity, mineral, minerals, resource, сырье, полезное ископаемое, минерал, 鉱種, 資源"
    ),
    "commodity": "product, cargo, сырье, товар, 品目",
    "kind": "type, category, вид, тип, 種類, deposit type, mine type",
    "markets": "market, destination, рынок, рынки, 市場",
    "capacity": "throughput, мощность, 容量",
    "country": "страна, 国",
    "date": "signed, signature date, дата, 日付",
    "place": "signed in, место, 場所",
    "note": "notes, comment, примечание, 備考",
    "licence": "license, лицензия",
}


def with_unit(ours: str, unit: str, heading: str) -> str:
    """A meaning with the unit that somebody said: none for ours, `ASKED` for what the heading says.

    A unit of another property counts as not said.
    """
    measure = units.MEASURES.get(ours)
    if measure and unit in ("", *measure.units):
        return f"{ours} {unit}".strip()
    return in_unit(ours, heading)


def first_rows(rows: Iterator[RawFeature]) -> list[RawFeature]:
    """The rows that are looked at for the names of a file's columns; the rest is yet to be read."""
    return next(in_size(rows), [])


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column means: a property of ours (or `id`, or nothing), and the unit it is in."""

    ours: str
    unit: Unit | None = None
    is_asked: bool = False


def meaning(text: str) -> Meaning:
    """A meaning as it is written: the property, then the unit where it is not ours.

    >>> meaning("capacity_mw kW").unit.factor, meaning("capacity_mw ?").is_asked
    (0.001, True)
    """
    ours, _, unit = text.partition(" ")
    measure = units.MEASURES.get(ours)
    if measure is None:
        return Meaning(text)
    return Meaning(ours, measure.units.get(unit), unit == ASKED)


def in_unit(ours: str, heading: str) -> str:
    """A property with the unit that the heading says, as a meaning is written."""
    unit, unknown = units.of_heading(heading, ours)
    said = unit.name if unit and not unit.is_ours else ASKED if unknown else ""
    return f"{ours} {said}".strip()


def columns_of(rows: Iterable[RawFeature]) -> list[str]:
    """The names of a file's columns, in the order in which they appear."""
    return list(dict.fromkeys(name for row in rows for name in row.properties))


def fits(collection: Collection, names: Iterable[str]) -> bool:
    """Whether every column is one of ours, so that nothing is to be asked."""
    return set(names) <= {prop.name for prop in collection.properties}


def suggest(collection: Collection, names: Sequence[str]) -> dict[str, str]:
    """What each of their columns probably means: a property of ours, `id`, or "" for none.

    No two mean the same. The exact name goes before a synonym, that before one with a unit, and
    that before a spelling alike. A unit that the heading says stands behind the property.
    """
    meant = dict.fromkeys(names, LEFT_OUT)
    known = _known(collection)
    free = [ID, *(prop.name for prop in collection.properties)]
    for likely in _LIKELY:
        for name in names:
            ours = next((one for one in free if likely(name, one, known)), None)
            if meant[name] == LEFT_OUT and ours is not None:
                meant[name] = ours
                free.remove(ours)
    return {name: in_unit(ours, name) for name, ours in meant.items()}


def is_name(collection: Collection) -> Callable[[str], bool]:
    """Tell texts that name a column of such a table from titles and values."""
    known = _known(collection)
    return lambda text: any(
        likely(text, ours, known) for likely in (_is_known, _is_known_in_a_unit) for ours in known
    )


def _known(collection: Collection) -> dict[str, set[str]]:
    """The folded words that mean each of ours."""
    words = {
        prop.name: [prop.name, prop.label, SHORT_NAMES.get(prop.name, prop.name)]
        for prop in collection.properties
    } | {ID: [ID]}
    return {
        name: {slug(word) for word in [*own, *_SYNONYMS.get(name, "").split(", ")]} - {""}
        for name, own in words.items()
    }


def _is_ours(theirs: str, ours: str, _known: Mapping[str, set[str]]) -> bool:
    return slug(theirs) in (slug(ours), ours)


def _is_known(theirs: str, ours: str, known: Mapping[str, set[str]]) -> bool:
    return slug(theirs) in known[ours]


def _is_known_in_a_unit(theirs: str, ours: str, known: Mapping[str, set[str]]) -> bool:
    return any(slug(base) in known[ours] for base in units.bases(theirs, ours))


def _is_alike(theirs: str, ours: str, known: Mapping[str, set[str]]) -> bool:
    return len(theirs) >= _SHORTEST_ALIKE and any(
        fuzz.ratio(slug(theirs), word) >= _LEAST_ALIKE for word in known[ours]
    )


_LIKELY = (_is_ours, _is_known, _is_known_in_a_unit, _is_alike)


def check(collection: Collection, names: Iterable[str], said: Mapping[str, str]) -> dict[str, str]:
    """A mapping as somebody gave it, with their names that were not spoken of left as they are.

    Raises:
        Invalid: a column is not in the file, a property is none of ours, a unit not known, or two
            mean the same.
    """
    names, faults = list(names), dict[str, list[str]]()
    ours = {ID, LEFT_OUT, *(prop.name for prop in collection.properties)}
    taken: dict[str, str] = {}
    for theirs, text in said.items():
        meant, _, unit = text.partition(" ")
        if theirs not in names:
            known = ", ".join(names[:20])
            faults[theirs] = [f"There is no column {shown(theirs)} in the file; it has {known}."]
        elif meant not in ours:
            faults[theirs] = [f"{shown(meant)} is no property of {collection.id}."]
        elif unit and meaning(text).unit is None:
            faults[theirs] = [_no_unit(theirs, meant, unit)]
        elif meant != LEFT_OUT and meant in taken:
            both = f"{shown(taken[meant])} and {shown(theirs)}"
            faults[theirs] = [f"{both} cannot both be {meant}; leave one of them out."]
        taken.setdefault(meant, theirs)
    if faults:
        raise Invalid(faults)
    return {name: said.get(name, name) for name in names}


def _no_unit(theirs: str, ours: str, unit: str) -> str:
    measure = units.MEASURES.get(ours)
    if measure is None:
        return f"{ours} takes no unit; say {ours} alone for {shown(theirs)}."
    known = ", ".join(list(measure.units)[:_UNITS_SHOWN])
    if unit == ASKED:
        return f"Say in which unit {shown(theirs)} is; known are {known}."
    return f"{shown(unit)} is no unit of {ours} that is known; known are {known}."


def renamed(rows: Iterable[RawFeature], meant: Mapping[str, str]) -> Iterator[RawFeature]:
    """Rows under our names and in our units; what is left out is gone, what nothing is said of
    stays.
    """
    if all(name == ours for name, ours in meant.items()):
        yield from rows
        return
    id_column = next((name for name, ours in meant.items() if ours == ID != name), None)
    meanings = {name: meaning(text) for name, text in meant.items()}
    ours = {name: one.ours for name, one in meanings.items()}
    others = [one for one in meanings.values() if one.unit and not one.unit.is_ours]
    for row in rows:
        said = {
            ours.get(name, name): value
            for name, value in row.properties.items()
            if ours.get(name, name) != LEFT_OUT
        }
        fault = row.fault or _convert(said, others)
        if id_column is None:
            yield replace(row, properties=said, fault=fault)
            continue
        ref = said.pop(ID, None)
        ref = None if ref is None else str(ref)
        yield replace(row, properties=said, ref=ref, fault=fault)


def _convert(said: dict[str, Any], others: Iterable[Meaning]) -> str | None:
    """Bring values into our units; what is no number stays, and is refused as such later.

    Gives what is wrong where a row says another currency than the heading.
    """
    fault = None
    for one in others:
        number = read_number(said.get(one.ours))
        if number is None or one.unit is None:
            continue
        said[one.ours] = float(f"{number * one.unit.factor:.15g}")
        if one.unit.currency and one.ours == "cost_amount":
            currency = said.get("cost_currency")
            if is_blank(currency):
                said["cost_currency"] = one.unit.currency
            elif str(currency).strip().upper() != one.unit.currency:
                fault = (
                    f"The heading says that the cost is in {one.unit.currency}, the row "
                    f"{shown(currency)}; keep one."
                )
    return fault


def sheets_fingerprint(collection: Collection, sheets: Iterable[str]) -> str:
    """What tells one workbook from another when it is asked which of its sheets is read."""
    return fingerprint(collection, ["", *sheets])


def fingerprint(collection: Collection, names: Iterable[str]) -> str:
    """What tells one layout from another: the collection and the columns in any order."""
    text = "\n".join([collection.id, *sorted(names)])
    return hashlib.sha256(text.encode()).hexdigest()
