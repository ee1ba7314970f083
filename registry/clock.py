"""What time it is, in the grain that is stored."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC, whole milliseconds."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
