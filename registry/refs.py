"""Public ids: each is given once and never again."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import history
from registry.collections import Collection
from registry.errors import RefInUse
from registry.models import RegistryFact

REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Numbers of refs that the counter keeps in step with.
_COUNTED = 10**9


def next_refs(session: Session, collection: Collection, count: int) -> list[str]:
    """So many refs that were never used: the counter only ever goes up."""
    fact, model = _counter(session, collection), collection.model
    number = int(fact.value)
    refs: list[str] = []
    while len(refs) < count:
        number += 1
        ref = f"{collection.prefix}-{number:06d}"
        # Below this the counter has passed over every ref; a longer number came with a file.
        if number < _COUNTED or not session.scalar(select(model.id).where(model.ref == ref)):
            refs.append(ref)
    fact.value = str(number)
    return refs


def pass_over(session: Session, collection: Collection, refs: Iterable[str]) -> None:
    """Refs that came with records shall never be given to others."""
    counted = re.compile(rf"{collection.prefix}-([0-9]{{1,9}})")
    numbers = [int(found[1]) for ref in refs if (found := counted.fullmatch(ref))]
    if numbers:
        fact = _counter(session, collection)
        fact.value = str(max(int(fact.value), *numbers))


def check_unused(session: Session, collection: Collection, refs: Sequence[str]) -> None:
    """A ref is given once: whoever wrote it down shall never find something else there."""
    used = sorted(history.known(session, collection.id, refs))
    if used:
        raise RefInUse(
            f"{', '.join(used[:5])} {'is' if len(used) == 1 else 'are'} in use or was before; "
            "leave the ref out and a new one is given."
        )


def _counter(session: Session, collection: Collection) -> RegistryFact:
    key = f"last:{collection.prefix}"
    fact = next(
        (new for new in session.new if isinstance(new, RegistryFact) and new.key == key), None
    ) or session.scalar(select(RegistryFact).where(RegistryFact.key == key).with_for_update())
    if fact is None:
        fact = RegistryFact(key=key, value="0")
        session.add(fact)
    return fact
