"""`qadam check` and `qadam crossref --rebuild`: what is unsound is said, and mended."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from registry.database.store import open_store
from web.cli import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def qadam(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: how it ended and what it said."""
    monkeypatch.delenv("QADAM_DATABASE_URL", raising=False)

    def run(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["qadam", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return run


def test_a_check_says_what_is_wrong_and_a_rebuild_mends_it(qadam: Run, tmp_path: Path) -> None:
    where = ("--data", tmp_path / "data")
    assert qadam("init", *where)[0] == 0
    code, said = qadam("check", *where)
    assert code == 0
    assert "Everything is sound" in said
    store = open_store(tmp_path / "data", None)
    with store.writing() as session:
        session.execute(text("DELETE FROM cross_reference WHERE id % 2 = 0"))
    store.close()
    code, said = qadam("check", *where)
    assert code == 1
    assert "run qadam crossref --rebuild" in said
    assert "1 thing is wrong" in said
    assert qadam("crossref", "--rebuild", *where)[0] == 0
    assert qadam("check", *where)[0] == 0
