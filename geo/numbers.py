"""A number as addresses and tables write it, read and written."""

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


def exact_number(number: float) -> str:
    """Return the shortest text that reads back as the same number; no exponent if whole.

    >>> exact_number(1234567890123.0), exact_number(0.1)
    ('1234567890123', '0.1')
    """
    return str(int(number)) if number == int(number) else repr(float(number))
