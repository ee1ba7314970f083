"""Figures, dates and words as a page shows them. Units stand beside their figure, never alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from geo.countries import admin1_name
from registry.kinds import Choice, Day, Flag, Number, Several
from registry.properties import Property
from registry.vocabulary import COUNTRY_TERMS, by_slug

COUNTRY = by_slug(COUNTRY_TERMS)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SCALES = ((1e9, "billion"), (1e6, "million"))
NARROW = "\u202f"
# Countries that partners of the seeds come from; others are shown by their two letters.
_PARTNERS = {
    "AE": "United Arab Emirates",
    "AT": "Austria",
    "AZ": "Azerbaijan",
    "CA": "Canada",
    "CH": "Switzerland",
    "CN": "China",
    "CZ": "Czechia",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FR": "France",
    "GB": "United Kingdom",
    "GE": "Georgia",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "KR": "South Korea",
    "MY": "Malaysia",
    "NL": "Netherlands",
    "NO": "Norway",
    "PK": "Pakistan",
    "PL": "Poland",
    "QA": "Qatar",
    "RU": "Russia",
    "SA": "Saudi Arabia",
    "SE": "Sweden",
    "SG": "Singapore",
    "TR": "Türkiye",
    "US": "United States",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as shown, and its unit."""

    text: str
    unit: str

    def __str__(self) -> str:
        return f"{self.text}{NARROW}{self.unit}" if self.unit else self.text


@dataclass(frozen=True, slots=True)
class SourceLink:
    """Where a fact comes from; `url` only where it is an address on the web."""

    title: str
    url: str
    date: str


def number(value: float | None, digits: int = 1) -> str:
    """A number with its thousands grouped, without needless decimals."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def power(mw: float | None) -> Figure:
    """Megawatts, as gigawatts from a thousand on."""
    if mw is not None and abs(mw) >= 1000:
        return Figure(number(mw / 1000, 2 if mw < 10_000 else 1), "GW")
    return Figure(number(mw), "MW")


def tonnes(value: float | None) -> Figure:
    """Tonnes of CO2 equivalent a year."""
    unit = "CO₂e a year"
    if value is not None and value >= 1e6:
        return Figure(number(value / 1e6), f"Mt {unit}")
    if value is not None and value >= 10_000:
        return Figure(number(value / 1e3, 0), f"kt {unit}")
    return Figure(number(value, 0), f"t {unit}")


def money(value: float | None, currency: str | None) -> Figure:
    """An amount of money."""
    for scale, word in _SCALES:
        if value is not None and value >= scale:
            return Figure(number(value / scale, 2), f"{word} {currency or ''}".strip())
    return Figure(number(value, 0), currency or "")


def distance(metres: float) -> Figure:
    """Kilometres, or metres below one kilometre."""
    if metres < 1000:
        return Figure(number(metres, 0), "m")
    return Figure(number(metres / 1000, 1 if metres < 100_000 else 0), "km")


def day(text: str | None) -> str:
    """An ISO date, or a part of one, as a person writes it; what is no date stays as it is."""
    said = _as_day(text or "")
    year, month, number = (*said.split("-"), "", "")[:3]
    if number:
        return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"
    return f"{_MONTHS[int(month) - 1]} {year}" if month else said or text or ""


def moment(value: datetime | str) -> str:
    """A moment in UTC, to the minute."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def countries(codes: Iterable[str]) -> str:
    """Names of countries."""
    return ", ".join(COUNTRY[code].label if code in COUNTRY else code for code in codes)


def partner_country(code: str) -> str:
    """The name of a partner's country; the code where it is none of those we name."""
    return _PARTNERS.get(code) or countries([code])


def regions(units: Iterable[str]) -> str:
    """Names of provinces."""
    return ", ".join(admin1_name(unit) for unit in units)


def alternative(text: str) -> tuple[str, str]:
    """A name and the language it is in: "Зарафшан @ru"."""
    name, _, language = text.partition(" @")
    return name, language


def source(text: str) -> SourceLink:
    """Read "title | address | date"; anything but an http address stays text."""
    parts = [part.strip() for part in text.split(" | ")]
    url = next((part for part in parts if _is_web(part)), "")
    date = next((part for part in parts[1:] if _as_day(part) == part), "")
    title = " · ".join(part for part in parts if part not in (url, date) or part == parts[0] != url)
    return SourceLink(title or urlsplit(url).netloc or text, url, date)


def value(prop: Property, given: Any) -> str:
    """A property's value in words."""
    if given is None or given == []:
        return ""
    if prop.name == "admin1":
        return regions(given)
    kind = prop.kind
    if isinstance(kind, Several):
        item = kind.item
        return ", ".join(_word(item, part) for part in given if part is not None)
    return _word(kind, given)


def _word(kind: Any, given: Any) -> str:
    if isinstance(kind, Choice):
        return next((term.label for term in kind.terms if term.slug == given), str(given))
    if isinstance(kind, Flag):
        return "Yes" if given else "No"
    if isinstance(kind, Number) and isinstance(given, int | float):
        is_year = kind.whole and kind.least >= 1000
        return str(given) if is_year else number(given, 3)
    return str(given)


def _as_day(text: str) -> str:
    """The day, month or year that a text is; nothing for any other."""
    try:
        return Day(partial=True).read(text) or ""
    except ValueError:
        return ""


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no address, though it begins like one
        return False


FILTERS = {
    "number": number,
    "power": power,
    "tonnes": tonnes,
    "distance": distance,
    "day": day,
    "moment": moment,
    "countries": countries,
    "regions": regions,
    "alternative": alternative,
    "source": source,
}
