"""Places in long answers: every thousandth record that was once counted up to is remembered as long
as nothing changes, so that a deep offset need not count from the beginning.
"""

from collections.abc import Callable, Hashable

# So many records apart are the places, of so many questions.
STRIDE = 1_000
_MOST_KEPT = 64
_kept: dict[Hashable, tuple[str, dict[int, int]]] = {}


def before(
    stamp: str, question: Hashable, offset: int, find: Callable[[int, int], int | None]
) -> tuple[int, int] | None:
    """The key of the record at the last place before an offset, and how many to skip from there.

    `find` gives the key of the record that comes after a key when so many are skipped; None where
    there is none, and the answer ends before the offset.
    """
    known_under, places = _kept.get(question, ("", {}))
    if known_under != stamp:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        places = {0: 0}
        _kept[question] = stamp, places
    place, rest = divmod(offset, STRIDE)
    if place not in places:
        last = max(each for each in list(places) if each < place)
        found = find(places[last], (place - last) * STRIDE - 1)
        if found is None:
            return None
        places[place] = found
    return places[place], rest


def forget() -> None:
    """Forget all places."""
    _kept.clear()
