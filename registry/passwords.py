"""Passwords: what is good enough, how one is kept, and whether one is right."""

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

SHORTEST = 10
LONGEST = 200
# Argon2id as RFC 9106 (section 4) asks where memory is scarce: 64 MiB, three passes.
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each takes 64 MiB and all of a core: more at once would only slow each other.
_TURN = BoundedSemaphore(2)


def fault(password: str, name: str) -> str | None:
    """What is wrong with a new password, in a sentence; None where it will do."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}."
    if name and name.casefold() in password.casefold():
        return "The password holds the name; choose another."
    if len(set(password)) < SHORTEST // 2:
        return "The password repeats a few characters; choose another."
    return None


def hashed(password: str) -> str:
    """What is stored of a password: Argon2id with a salt of its own (RFC 9106)."""
    with _TURN:
        return _HASHER.hash(_prepared(password))


def is_right(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one; takes as long where none is stored."""
    nobody = _hash_of_nobody()
    if len(password) > LONGEST:
        return False
    with _TURN:
        try:
            _HASHER.verify(stored or nobody, _prepared(password))
        except VerifyMismatchError:
            return False
    return stored is not None


def _prepared(password: str) -> bytes:
    """One writing of what can be typed in several (RFC 8265, section 4.2)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(b"the password of nobody")
