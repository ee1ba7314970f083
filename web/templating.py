"""What every template has at hand: words for figures, the vocabularies, the icons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask.blueprints import BlueprintSetupState

from geo.numbers import exact_number
from registry import vocabulary
from registry.kinds import Choice, Day, Flag, Number, Several, Text, is_blank
from registry.properties import PROJECT_PROPERTIES, Property
from registry.vocabulary import STATUS, STATUSES, Status
from web import wording
from web.assets import ICONS_URL

# The steps of a project's life; what comes after operating ends it, and is no step further.
STEPS = tuple(status for status in STATUSES if status.phase in ("pipeline", "active"))

# Inputs of the form that are no property of a project.
_NO_PROPERTY = {"geometry": "Place", "reason": "Reason for the change", "version": "Version"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the life cycle: done, now, ahead, or unknown where the project has stopped."""

    status: Status
    state: str


def steps(slug: str) -> list[Step]:
    """How far a project has come."""
    phase = STATUS[slug].phase
    if phase == "stopped":
        return [Step(step, "unknown") for step in STEPS]
    at = STEPS.index(STATUS[slug]) if STATUS[slug] in STEPS else len(STEPS)
    return [
        Step(step, "done" if place < at else "now" if place == at else "ahead")
        for place, step in enumerate(STEPS)
    ]


def shape_of(prop: Property) -> str:
    """What kind of input asks for a property."""
    kind = prop.kind
    if isinstance(kind, Several) and isinstance(kind.item, Choice):
        return "choices" if kind.in_step else "checks"
    shapes: tuple[tuple[type, str], ...] = (
        (Choice, "choice"), (Flag, "flag"), (Several, "lines"), (Number, "number"), (Day, "day")
    )  # fmt: skip
    found = next((shape for cls, shape in shapes if isinstance(kind, cls)), "text")
    return "lines" if isinstance(kind, Text) and kind.lines else found


def has_any(values: Mapping[str, Any], props: Sequence[Property]) -> bool:
    """Whether anything is said under these properties."""
    given = [values.get(prop.name) for prop in props]
    return any(any(value) if isinstance(value, list) else not is_blank(value) for value in given)


def as_typed(value: Any) -> str:
    """A stored value as a person would type it; what was typed stays as it is."""
    if value is None:
        return ""
    return exact_number(value) if isinstance(value, float) else str(value)


def install(state: BlueprintSetupState) -> None:
    """Give the app's templates their filters and tables."""
    environment = state.app.jinja_env
    environment.filters |= wording.FILTERS
    environment.globals |= {
        "icons_url": ICONS_URL,
        "words": vocabulary,
        "steps": steps,
        "route_of": vocabulary.by_slug(vocabulary.ROUTE_DEPENDENCES),
        "shape_of": shape_of,
        "as_typed": as_typed,
        "has_any": has_any,
        "project_properties": {prop.name: prop for prop in PROJECT_PROPERTIES},
        "project_labels": {prop.name: prop.label for prop in PROJECT_PROPERTIES} | _NO_PROPERTY,
        "value_of": wording.value,
        "money": wording.money,
    }
