"""What became of each row of a file, and the refusal of a file with faulty rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from registry.duplicates import Twin
from registry.errors import RefusedFile
from registry.filed import FileRow

_REPORTED = ("row", "ref", "verdict", "faults", "warnings")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to one row of a file: create, revise, unchanged or refused.

    `twins` are what it may be a duplicate of, under the refs that they have by now.
    """

    row: int
    ref: str | None
    verdict: str
    faults: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on every row, in the order of the file."""

    rows: tuple[Verdict, ...]

    def count(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    @property
    def doubled(self) -> int:
        """How many rows may be in the registry, or in the file, already."""
        return sum(bool(row.twins) for row in self.rows)

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """The rows that keep the file out."""
        return tuple(row for row in self.rows if row.verdict == "refused")

    def lines(self) -> Iterator[str]:
        """JSON lines: row, ref, verdict, faults, warnings."""
        for row in self.rows:
            said = {name: getattr(row, name) for name in _REPORTED}
            yield orjson.dumps(said).decode()


def report_of(rows: Iterable[FileRow], *, named: bool) -> Report:
    """The verdict on every row; an id that is no ref is told only of a refused one."""
    return Report(
        tuple(
            Verdict(
                row.row,
                row.ref if named or row.verdict == "refused" else None,
                row.verdict,
                row.faults,
                row.warnings,
                row.twins,
            )
            for row in rows
        )
    )


def refused_of(rows: Iterable[FileRow], *, named: bool = False) -> Report:
    """The same where rows with faults keep the file out."""
    for row in rows:
        if row.faults:
            row.verdict = "refused"
    return report_of(rows, named=named)


class ImportRefused(RefusedFile):
    """A file with at least one faulty row; `report` says what is wrong with each row that was read.

    `is_whole` says whether that is every row of the file, `lacks_reason` whether a reason would do.
    """

    def __init__(self, report: Report, *, is_whole: bool = True) -> None:
        self.report, self.is_whole = report, is_whole
        self.lacks_reason = all(row.faults.keys() == {"reason"} for row in report.refused)
        count, total = len(report.refused), len(report.rows)
        first = report.refused[0]
        why = next(sentence for sentences in first.faults.values() for sentence in sentences)
        end = "" if is_whole else " With so many faults the rest of the file was not read."
        super().__init__(
            f"{count:,} of {total:,} rows {'is' if count == 1 else 'are'} faulty, so nothing "
            "was stored; "
            f"the first is row {first.row:,}: {why}{end}"
        )
