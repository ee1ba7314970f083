"""What the tables hold of a draft: one place for new records and changed ones."""

from typing import Any

from registry.collections import PROJECTS, Collection
from registry.drafts import Draft
from registry.vocabulary import COUNTRY_TERMS

_ORDER = {term.slug: at for at, term in enumerate(COUNTRY_TERMS)}


def columns(collection: Collection, draft: Draft, stored: Any = None) -> dict[str, Any]:
    """Columns by name; where nothing is said of one with a default, it stays as it is stored."""
    said = {prop.name: draft.values[prop.name] for prop in collection.stored}
    for name, default in collection.defaults:
        if said[name] is None:
            said[name] = getattr(stored, name, None) or default
    if collection.located:
        said["geometry"] = draft.geometry
        said["offshore"] = bool(draft.location and draft.location.offshore)
    if collection is PROJECTS:
        outside = round(draft.location.outside_share, 6) if draft.location else None
        said["outside_share"] = outside
        said["country_set"] = ",".join(sorted(draft.values["countries"]))
    return said


def countries(draft: Draft) -> list[tuple[str, float | None]]:
    """Countries with their shares, the largest first; as stated where there is no place."""
    codes = draft.values.get("countries") or []
    if draft.location is None:
        return [(code, None) for code in codes]
    shares = draft.location.shares
    codes = sorted(codes, key=lambda code: (-shares.get(code, 0), _ORDER[code]))
    return [(code, round(shares[code], 6) if code in shares else None) for code in codes]


def partners(draft: Draft) -> list[tuple[str, str | None, str | None]]:
    """Names as they are said, each with its country and role."""
    names = ("partners", "partner_countries", "partner_roles")
    return list(zip(*(draft.values[name] for name in names), strict=True))
