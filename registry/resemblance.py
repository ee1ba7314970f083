"""How much two projects resemble each other: a score from name, place, size and sector, and the
reasons in words.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from registry.kinship import KINDRED
from registry.names import Name, likeness, numbers_differ
from registry.sketches import Sketch
from registry.vocabulary import COUNTRY_TERMS, SECTOR

Floats = NDArray[np.float64]
LEAST = 0.5
"""From this score on two projects are shown as possible duplicates."""

# Two sources place one plant this far apart even where both are exact: a site has an extent.
EXTENT_KM = 10.0
_NAME, _PLACE, _VAGUE_PLACE, _COUNTRY, _SIZE = 0.5, 0.35, 0.2, 0.1, 0.2
# A name this alike, or less, says nothing: short names are alike by chance.
_CHANCE = 0.55
_SHARP_KM = 20.0
_COUNTRIES = {term.slug: term.label for term in COUNTRY_TERMS}


def reach_km(left: Sketch, right: Sketch) -> float:
    """How far apart the positions of one project can stand: a town's circle is wide."""
    return EXTENT_KM + left.radius_km + right.radius_km


def weigh(pairs: Sequence[tuple[Sketch, Sketch]], metres: Sequence[float]) -> Floats:
    """A score from 0 to 1 for each pair; `metres` lie between their positions, NaN where one has
    none to measure.
    """
    alike = np.clip((_name(pairs) - _CHANCE) / (1 - _CHANCE), 0, 1)
    reach = np.array([reach_km(*pair) for pair in pairs]) * 1000
    apart = np.asarray(metres, dtype=np.float64)
    is_placed = ~np.isnan(apart)
    near = np.where(is_placed, np.clip(1 - 0.5 * apart / reach, 0, 1) * (apart <= reach), 0.5)
    weight = np.where(reach <= _SHARP_KM * 1000, _PLACE, _VAGUE_PLACE)
    weight = np.where(is_placed, weight, _COUNTRY)
    size = np.array([_size(left.capacity_mw, right.capacity_mw) for left, right in pairs])
    kin = np.array([left.kinship(right) for left, right in pairs])
    has_size = ~np.isnan(size)
    total = _NAME * alike + weight * near + _SIZE * np.where(has_size, size, 0)
    score: Floats = kin * total / (_NAME + weight + _SIZE * has_size)
    return score


def reasons(left: Sketch, right: Sketch, metres: float) -> tuple[str, ...]:
    """What speaks for one project, in words, and what speaks for phases of one."""
    said = [_words_of_names(left, right), _words_of_place(left, right, metres)]
    if left.capacity_mw and right.capacity_mw:
        same = "Both have" if left.capacity_mw == right.capacity_mw else "They have"
        sizes = dict.fromkeys(f"{mw:,.12g} MW" for mw in (left.capacity_mw, right.capacity_mw))
        said.append(f"{same} {' and '.join(sizes)}.")
    said.append(_words_of_sectors(left.sectors, right.sectors))
    return tuple(sentence for sentence in said if sentence)


def _name(pairs: Sequence[tuple[Sketch, Sketch]]) -> Floats:
    """How alike the most alike of both projects' names are."""
    if not pairs:
        return np.zeros(0)
    mine: list[Name] = []
    theirs: list[Name] = []
    starts = []
    for left, right in pairs:
        starts.append(len(mine))
        for name in left.names:
            mine.extend([name] * len(right.names))
            theirs.extend(right.names)
    return np.maximum.reduceat(likeness(mine, theirs), starts).astype(np.float64)


def _size(left: float | None, right: float | None) -> float:
    """1 for the same power, 0 from three times on, NaN where one is not known."""
    if not left or not right:
        return float("nan")
    return max(0.0, 1 - abs(float(np.log(left / right))) / float(np.log(3)))


def _words_of_names(left: Sketch, right: Sketch) -> str:
    both = [(mine, theirs) for mine in left.names for theirs in right.names]
    alike = likeness([mine for mine, _ in both], [theirs for _, theirs in both])
    best = int(alike.argmax())
    mine, theirs = both[best]
    if alike[best] <= _CHANCE:
        return ""
    how = "agree" if alike[best] >= 0.9 else "are alike"
    sentence = f"The names “{mine.said}” and “{theirs.said}” {how}."
    if numbers_differ(mine, theirs):
        sentence += " Their numbers differ: they may be phases of one."
    return sentence


def _words_of_place(left: Sketch, right: Sketch, metres: float) -> str:
    if np.isnan(metres):
        shared = [_COUNTRIES[code] for code in sorted(left.countries & right.countries)]
        return f"Both are in {' and '.join(shared)}; one has no exact place." if shared else ""
    uncertainty = left.radius_km + right.radius_km
    off = f" (± {uncertainty:g} km)" if uncertainty else ""
    if metres == 0:
        return f"They are at the same place{off}."
    return f"They are {metres / 1000:,.1f} km apart{off}."


def _words_of_sectors(left: Sequence[str], right: Sequence[str]) -> str:
    mine, theirs = SECTOR[left[0]].label, SECTOR[right[0]].label
    if left[0] == right[0]:
        return f"Both are {mine.lower()}."
    why = KINDRED[left[0]].get(right[0])
    return f"{mine} and {theirs.lower()}: {why}." if why else f"{mine} and {theirs.lower()}."
