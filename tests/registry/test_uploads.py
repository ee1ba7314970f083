"""Where uploads wait: in a folder that is ours alone, tidied by whoever comes next."""

import os
from io import BytesIO
from pathlib import Path

import pytest

from registry import uploads
from registry.database.engine import writing
from registry.database.store import Store
from registry.errors import StoreError
from registry.uploads import make_private


def test_a_folder_among_those_of_others_is_made_for_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    for _ in range(2):
        make_private(folder)
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_look_into_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    for mode in (0o755, 0o730, 0o707):
        folder.chmod(mode)
        with pytest.raises(StoreError, match="somebody else made or may look into"):
            make_private(folder)


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, us = tmp_path / "uploads", os.getuid()
    make_private(folder)
    monkeypatch.setattr(os, "getuid", lambda: us + 1)
    with pytest.raises(StoreError):
        make_private(folder)


def test_what_stands_there_and_is_no_folder_is_refused(tmp_path: Path) -> None:
    make_private(tmp_path / "elsewhere")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").touch(0o600)
    for name in ("link", "file"):
        with pytest.raises(StoreError):
            make_private(tmp_path / name)
    with pytest.raises(StoreError, match="cannot be made"):
        make_private(tmp_path / "nowhere" / "uploads")


def test_a_file_that_goes_while_one_tidies_is_no_error(embedded: Store, tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "going").symlink_to("gone")  # listed, and not there when it is looked at
    said = {"file_name": "a.csv", "format": "csv", "collection": "projects", "keep_ids": False}
    with writing(embedded.accounts) as session, session.begin():
        kept = uploads.keep(session, folder, "token", "cookie", BytesIO(b"x"), **said)  # type: ignore[arg-type]  # texts and a flag
        assert kept.path(folder).read_bytes() == b"x"
