"""A box is answered by the index on both databases, never by a look at every row."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.bbox import BBox
from registry.models import Corridor, Deposit, Project
from registry.spatial import meets_box


@pytest.mark.parametrize("model", [Project, Deposit, Corridor])
def test_a_box_among_other_conditions_is_asked_of_the_index(session: Session, model: Any) -> None:
    box = BBox(67, 40, 68, 41)
    asked = select(model.id).where(model.offshore.is_(False), meets_box(model.geometry, box))
    statement = str(asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    if session.get_bind().dialect.name == "sqlite":
        plan = "\n".join(
            map(str, session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))
        )
        assert f"SEARCH {model.__tablename__} USING INTEGER PRIMARY KEY" in plan
        assert "SCAN r VIRTUAL TABLE INDEX 2" in plan  # the R-tree, by its bounds
    else:
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(map(str, session.connection().exec_driver_sql(f"EXPLAIN {statement}")))
        assert f"ix_{model.__tablename__}_geometry" in plan
