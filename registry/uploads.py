"""Files between their preview and the word to store them, and layouts that were mapped before."""

import os
import shutil
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import orjson
from sqlalchemy import String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from registry.accounts import AccountsBase, digest
from registry.clock import now
from registry.database.types import moment_text
from registry.errors import Conflict, NotFound, StoreError
from registry.models import RegistryFact

UPLOAD_LIFE = timedelta(hours=1)
# How the mark of a file that was stored begins.
_MARK = "upload:"
_STORED = "This file was just stored; look at the newest records before you send it again."
_GONE = (
    "This file is no longer kept: it was stored already, or waited for more than an hour. Look at "
    "the newest records before you choose it again."
)


class Upload(AccountsBase):
    """A file that waits; only the hash of its token is kept, which names the file on the disk."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    session_hash: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(String(16))
    collection: Mapped[str] = mapped_column(String(32))
    keep_ids: Mapped[bool]
    columns: Mapped[str | None] = mapped_column(Text)
    sheet: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]

    def path(self, folder: Path) -> Path:
        """Where the file lies."""
        return folder / self.token_hash

    @property
    def meant(self) -> dict[str, str] | None:
        """What its columns mean, where somebody said so."""
        return None if self.columns is None else orjson.loads(self.columns)

    def set_sheet(self, sheet: str) -> None:
        """Read another sheet, whose columns nobody spoke of yet."""
        self.sheet, self.columns = sheet, None

    def set_meant(self, meant: Mapping[str, str]) -> None:
        """Keep what its columns mean."""
        self.columns = orjson.dumps(dict(meant)).decode()


class ColumnLayout(AccountsBase):
    """What the columns of a layout meant when such a file was last stored."""

    __tablename__ = "column_layout"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    columns: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


def make_private(folder: Path) -> None:
    """Make a folder where others may make theirs, as in /tmp; raises StoreError where it is not
    ours alone: whoever owns it could exchange a file after its preview.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(
            f"{folder}, where uploads wait, cannot be made ({error.strerror})."
        ) from error
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    # On Windows each user has their own folder for such files.
    if hasattr(os, "getuid") and not (is_ours and found.st_uid == os.getuid()):
        raise StoreError(
            f"Uploads would wait in {folder}, which somebody else made or may look into; remove "
            "it, or start Qadam with TMPDIR set to a folder of its own."
        )


def keep(
    session: Session, folder: Path, token: str, cookie: str, file: BinaryIO, **said: str | bool
) -> Upload:
    """Keep a file for this browser session, in place of one that it left waiting.

    Raises StoreError where the disk does not take it.
    """
    for older in session.scalars(select(Upload).where(Upload.session_hash == digest(cookie))):
        drop(session, folder, older)
    tidy(session, folder)
    upload = Upload(
        token_hash=digest(token),
        session_hash=digest(cookie),
        expires_at=now() + UPLOAD_LIFE,
        **said,
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(upload.path(folder), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(file, copy)
    except OSError as error:
        upload.path(folder).unlink(missing_ok=True)
        raise StoreError(
            f"The file cannot be kept ({error.strerror}); nothing was stored, try again."
        ) from error
    session.add(upload)
    session.flush()
    return upload


def find(session: Session, folder: Path, token: str, cookie: str) -> Upload:
    """The file of a token, for the browser session that sent it; raises NotFound."""
    upload = session.scalar(
        select(Upload).where(
            Upload.token_hash == digest(token),
            Upload.session_hash == digest(cookie),
            Upload.expires_at > now(),
        )
    )
    if upload is None or not upload.path(folder).is_file():
        raise NotFound(_GONE)
    return upload


def mark_stored(session: Session, upload: Upload) -> None:
    """Note among the records, in the transaction that stores a file, that it is stored; raises
    Conflict where it was: of two at once one does, and a killed one leaves nothing to wait for.
    """
    key = f"{_MARK}{upload.token_hash}"
    if session.scalar(select(RegistryFact.id).where(RegistryFact.key == key)):
        raise Conflict(_STORED)
    past = RegistryFact.value < moment_text(now() - 2 * UPLOAD_LIFE)
    session.execute(delete(RegistryFact).where(RegistryFact.key.startswith(_MARK), past))
    session.add(RegistryFact(key=key, value=moment_text(now())))


def opened(upload: Upload, folder: Path) -> BinaryIO:
    """The file to be read; raises Conflict where it is gone since it was found."""
    try:
        return upload.path(folder).open("rb")
    except FileNotFoundError:
        raise Conflict(_STORED) from None


def drop(session: Session, folder: Path, upload: Upload) -> None:
    """Forget a file."""
    upload.path(folder).unlink(missing_ok=True)
    session.execute(delete(Upload).where(Upload.id == upload.id))


def tidy(session: Session, folder: Path) -> None:
    """Forget what waited too long, and files that nobody knows any more."""
    for old in session.scalars(select(Upload).where(Upload.expires_at <= now())):
        drop(session, folder, old)
    known = set(session.scalars(select(Upload.token_hash)))
    oldest = (now() - UPLOAD_LIFE).timestamp()
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another upload may be tidying too
            # One that is just being written has no row yet.
            if path.name not in known and path.stat().st_mtime < oldest:
                path.unlink()


def remember(session: Session, fingerprint: str, meant: Mapping[str, str]) -> None:
    """Keep what the columns of a layout mean, for the next such file."""
    layout = session.scalar(select(ColumnLayout).where(ColumnLayout.fingerprint == fingerprint))
    if layout is None:
        layout = ColumnLayout(fingerprint=fingerprint)
        session.add(layout)
    layout.columns, layout.updated_at = orjson.dumps(dict(meant)).decode(), now()
    session.flush()


def remembered(session: Session, fingerprint: str) -> dict[str, str] | None:
    """What the columns of such a layout meant before; None where there was none."""
    columns = session.scalar(
        select(ColumnLayout.columns).where(ColumnLayout.fingerprint == fingerprint)
    )
    return None if columns is None else orjson.loads(columns)
