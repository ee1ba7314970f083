"""What an import would do: judged as the import judges, with nothing written and nobody waiting."""

from typing import Any

import pytest
from sqlalchemy import func, select

from benchmarks import synthetic
from registry import history, imports, records
from registry.actors import Actor
from registry.clock import now
from registry.collections import PROJECTS
from registry.database.store import Store
from registry.drafts import parse
from registry.filed import ROWS_AT_A_TIME
from registry.imports import import_rows
from registry.models import Project, Revision
from registry.previews import Preview, preview
from registry.reports import ImportRefused, Report
from tests.factories import PLANNER, TASHKENT, make_project
from tests.registry.test_bulk import rows_of
from tests.registry.test_imports import feature, rows


def previewed(store: Store, features: list[dict[str, Any]], by: Actor = PLANNER) -> Preview:
    """What features with their ids would do."""
    with store.reading() as session:
        return preview(session, PROJECTS, rows(features), by, keep_ids=True)


def imported(store: Store, features: list[dict[str, Any]], by: Actor = PLANNER) -> Report:
    """What they do."""
    try:
        with store.writing() as session:
            return import_rows(session, PROJECTS, rows(features), by, keep_ids=True)
    except ImportRefused as error:
        return error.report


def test_others_save_while_thousands_of_rows_are_looked_at(store: Store) -> None:
    def looked_at() -> Any:
        for at, row in enumerate(rows_of(synthetic.projects(3_000))):
            if at in (0, 2_999):  # each save would wait, and fail, if the preview held the lock
                with store.writing() as session:
                    make_project(session, name=f"Saved meanwhile {at}")
            yield row

    with store.reading() as session:
        first = session.scalar(select(func.count(Project.id)))
        found = preview(session, PROJECTS, looked_at(), PLANNER, keep_ids=False)
        with store.writing() as other:  # the judged state is still being looked at
            make_project(other, name="Saved after")
    assert found.report.count("create") == 3_000
    with store.reading() as session:
        assert (first, session.scalar(select(func.count(Project.id)))) == (0, 3)


def test_a_preview_stores_nothing(store: Store) -> None:
    with store.writing() as session:
        make_project(session, ref="a", name="A")
    previewed(store, [feature("A changed", ref="a"), feature("B", ref="b")])
    with store.reading() as session:
        assert session.scalars(select(Project.name)).all() == ["A"]
        assert session.scalar(select(func.count(Revision.id))) == 1


FILES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "new, changed and the same": (
        "unchanged revise create",
        [
            feature("Park", ref="plain"),
            feature("Changed", ref="part", parent="public"),
            feature("New", ref="n", parent="public"),
        ],
    ),
    "a move that is not allowed": ("refused", [feature("Park", ref="plain", status="operating")]),
    "a ref that was removed": ("refused", [feature("Gone", ref="gone")]),
    "a parent that is nowhere": ("refused", [feature("Park", ref="plain", parent="nowhere")]),
    "a project under itself": ("refused", [feature("Park", ref="plain", parent="plain")]),
    "a project under its own part": ("refused", [feature("Public", ref="public", parent="part")]),
    "a project under a new part of its own part": (
        "refused refused",
        [feature("New", ref="n", parent="part"), feature("Public", ref="public", parent="n")],
    ),
    "a project under a part that leaves it": (
        "revise revise",
        [feature("Public", ref="public", parent="part"), feature("Part", ref="part")],
    ),
    "a parent that is hidden with its part": (
        "revise revise",
        [
            feature("Part", ref="part", parent="public", publication="draft"),
            feature("Public", ref="public", publication="draft"),
        ],
    ),
    "a parent that is hidden before its part": (
        "revise revise",
        [
            feature("Public", ref="public", publication="draft"),
            feature("Part", ref="part", parent="public", publication="draft"),
        ],
    ),
    "a parent that is hidden as its part leaves it": (
        "revise revise",
        [feature("Public", ref="public", publication="draft"), feature("Part", ref="part")],
    ),
    "a parent that is hidden without its part": (
        "refused",
        [feature("Public", ref="public", publication="draft")],
    ),
    "a parent that is hidden while its part stays": (
        "revise refused",
        [
            feature("Public", ref="public", publication="draft"),
            feature("Part", ref="part", parent="public"),
        ],
    ),
    "a draft that is shown before its part is": (
        "revise revise",
        [
            feature("Hidden", ref="hidden", publication="public"),
            feature("Park", ref="plain", parent="hidden"),
        ],
    ),
    "a part that is shown before its draft is": (
        "revise revise",
        [
            feature("Park", ref="plain", parent="hidden"),
            feature("Hidden", ref="hidden", publication="public"),
        ],
    ),
    "a new part of a draft that is shown": (
        "create revise",
        [
            feature("New", ref="n", parent="hidden"),
            feature("Hidden", ref="hidden", publication="public"),
        ],
    ),
    "a new part of a draft": ("refused", [feature("New", ref="n", parent="hidden")]),
}


@pytest.mark.parametrize(("verdicts", "features"), FILES.values(), ids=FILES)
def test_a_preview_judges_as_the_import_does(
    store: Store, verdicts: str, features: list[dict[str, Any]]
) -> None:
    with store.writing() as session:
        near = "approximate"
        for name in ("plain", "public", "gone"):
            make_project(session, ref=name, name="Park", sector="wind", location_precision=near)
        make_project(session, ref="part", name="Part", parent="public")
        make_project(session, ref="built", name="Built", status="construction")
        make_project(session, ref="hidden", name="Hidden", publication="draft")
        gone = records.load(session, PROJECTS, "gone")
        records.retire(session, PROJECTS, gone, PLANNER, history.REMOVE, "twice")
    looked, done = previewed(store, features).report, imported(store, features)
    assert " ".join(row.verdict for row in done.rows) == verdicts
    assert [(row.ref, row.verdict, set(row.faults)) for row in looked.rows] == [
        (row.ref, row.verdict, set(row.faults)) for row in done.rows
    ]


def test_a_step_back_is_no_fault_but_asks_for_a_reason(store: Store) -> None:
    with store.writing() as session:
        make_project(session, ref="built", name="Built", status="construction")
    back = [feature("Built", ref="built", status="idea"), feature("New", ref="n")]
    found = previewed(store, back)
    assert [row.verdict for row in found.report.rows] == ["revise", "create"]
    assert found.go_back == 1
    (why,) = found.report.rows[0].warnings
    assert "Going back from" in why
    assert "needs a reason" in why
    assert set(imported(store, back).refused[0].faults) == {"reason"}
    with store.writing() as session:
        import_rows(session, PROJECTS, rows(back), PLANNER, keep_ids=True, reason="Read wrongly")
    with store.reading() as session:
        assert session.scalars(select(Project.status).where(Project.ref == "built")).one() == "idea"


def test_a_preview_refuses_a_project_of_others_as_the_import_does(store: Store) -> None:
    with store.writing() as session:
        make_project(session, ref="theirs", name="Theirs", by=PLANNER)
    by = Actor("planner of JICA", "planner", "JICA")
    changed = [feature("Mine", ref="theirs", partners=["JICA"])]
    assert previewed(store, changed, by).report.rows == imported(store, changed, by).rows


def test_a_preview_shows_the_change_that_the_history_then_tells(store: Store) -> None:
    with store.writing() as session:
        values = {"name": "A", "sector": "wind", "status": "idea", "partners": ["Masdar Co"]}
        draft = parse(PROJECTS.id, values, TASHKENT, now().date())
        records.create(session, PROJECTS, draft, PLANNER, ref="a")
    changed = [feature("B", 70.0, ref="a", status="proposed", partners=["MASDAR CO", "JICA"])]
    shown = previewed(store, changed).changes["a"]
    imported(store, changed)
    with store.reading() as session:
        told = history.changes(session, PROJECTS.id, "a")[0]
    assert (shown.fields, shown.geometry_after) == (told.fields, told.geometry_after)
    assert (shown.version, shown.action, shown.actor) == (told.version, told.action, told.actor)


def test_a_file_full_of_faults_is_not_read_to_its_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_FAULTY", 10)
    read: list[int] = []

    def endless() -> Any:
        for at in range(1_000_000):
            read.append(at)
            yield from rows([feature("")])

    with store.reading() as session:
        found = preview(session, PROJECTS, endless(), PLANNER, keep_ids=False)
    assert not found.is_whole
    assert len(found.report.rows) == len(read) == ROWS_AT_A_TIME
    with (
        store.writing() as session,
        pytest.raises(ImportRefused, match="rest of the file was not"),
    ):
        import_rows(session, PROJECTS, endless(), PLANNER)
