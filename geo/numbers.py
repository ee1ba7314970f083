"""A number as addresses and tables write it."""

import re

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")


def plain_number(text: str) -> float:
    """Return the number of a text in ASCII digits, which may be infinite where it is too large.

    Python itself would also read 1_0, digits of other scripts and “nan”. Raises ValueError.

    >>> plain_number(" -1.5e3 ")
    -1500.0
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(text)
    return float(text)
