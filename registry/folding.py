"""Words as search compares them: without case, accents and odd spaces."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w]+")


def fold(text: str) -> str:
    """Text in the form that search compares.

    >>> fold("  Zarafşan Йылы ")
    'zarafsan иылы'
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(text.casefold().split())


def slug(text: str) -> str:
    """A name as one word, in any script.

    >>> slug("Masdar & Co. (UAE)")
    'masdar-co-uae'
    """
    return _NOT_WORD.sub("-", fold(text)).strip("-")


def word_key(text: str) -> str:
    """A word as vocabularies compare it: also underscores are but spaces.

    >>> word_key("Geo_Bio"), word_key("Зелёный  водород")
    ('geo-bio', 'зеленыи-водород')
    """
    return slug(text.replace("_", " "))
