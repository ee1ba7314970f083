"""How alike two names are, across Latin, Cyrillic and Japanese spellings.

“Зарафшанская ВЭС”, “Zarafshan wind farm” and 「ザラフシャン風力発電所」 are one: words for what
a plant is are set aside, the rest is spelt in Latin letters (anyascii) and compared twice, as it is
and by its consonants, since vowels are what spellings differ in most (rapidfuzz).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Scores = NDArray[np.float32]

# Japanese and Chinese write no spaces; what a plant is must be cut off before it is spelt in Latin.
_EASTERN = re.compile(
    "発電所|发电站|風力|风电|太陽光|太陽熱|光伏|水力|火力|原子力|原子炉|地熱|水素|変電所|送電線?|蓄電池?|"
    "プロジェクト|計画|事業|開発|建設|改修|拡張|近代化|工場|製造|廃棄物|鉱山|炭鉱|油田|ガス田?|パイプライン|"
    "ウィンド|ソーラー|ファーム|パーク|コンバインドサイクル|第|号機?|期|の|・|及び"
)
# Words that many names share: what a thing is, not which.
_SET_ASIDE = {
    "English": """
        a and at for from in of on the to with by near new power plant plants station stations farm
        farms park project projects programme program phase stage part unit units expansion
        extension modernisation modernization rehabilitation reconstruction upgrade construction
        development improvement study survey facility complex works wind solar photovoltaic pv hydro
        hydropower hydroelectric hpp thermal tpp combined cycle gas coal nuclear npp heat
        cogeneration chp battery batteries storage bess energy electric electricity grid line lines
        transmission substation substations switchyard district heating waste biogas green hydrogen
        ammonia small large first second third fourth region regional republic national""",
    "Russian": """
        ves ses ges tes tets gres aes pgu gtu gtes elektrostantsiya vetroelektrostantsiya
        gidroelektrostantsiya teploelektrostantsiya stantsiya stantsii park vetropark vetrovaya
        vetrovoy solnechnaya solnechnyy teplovaya atomnaya proekt stroitelstvo rekonstruktsiya
        modernizatsiya ochered faza etap na po""",
    "Kazakh, Kyrgyz, Tajik, Turkmen, Uzbek": """
        stansiyasi stantsiyasi stantsiyasy stansiyasy elektrostansiyasi elektr shamol quyosh kuyosh
        issiqlik zhel kun zhylu atom gesi zhes neru""",
}
_GENERIC = frozenset(word for words in _SET_ASIDE.values() for word in words.split())
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_SIZE = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:[kmg]w[ph]?|kv|mva|[kmg]vt|квт|мвт|гвт|кв)\b", re.IGNORECASE
)
_WORD = re.compile(r"[a-z]+|\d+")
# Endings that make a place's name an adjective: Zarafshan-skaya, Syrdar-inskaya.
_ENDING = re.compile(r"(?<=\w{3})(?:in|ov|ev)?sk(?:aya|aia|ii|iy|i|oe|oye|ogo|oi|oy|ie|iye|ikh)$")
_SOUNDS = (
    ("shch", "s"),
    ("dzh", "j"),
    ("sch", "s"),
    ("tch", "c"),
    ("zh", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("sh", "s"),
    ("ch", "c"),
    ("ts", "c"),
    ("ph", "f"),
    ("x", "h"),
    ("q", "k"),
    ("w", "v"),
    ("v", "b"),
    ("l", "r"),
    ("z", "s"),
)
_NO_CONSONANT = re.compile(r"[^bcdfghjkmnprst0-9]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: the words that tell it apart, their consonants, its numbers."""

    said: str
    words: str
    sounds: str
    numbers: frozenset[str]


def read_name(said: str) -> Name:
    """The name in the form that is compared.

    >>> read_name("Зарафшанская ВЭС 2").words
    'zarafshan'
    """
    text = unicodedata.normalize("NFKC", said)
    text = _SIZE.sub(" ", _EASTERN.sub(" ", text))
    plain = anyascii(text).casefold().replace("'", "").replace('"', "")
    parts = [_ROMAN.get(part, part) for part in _WORD.findall(plain)]
    numbers = frozenset(part.lstrip("0") for part in parts if part.isdigit() and len(part) < 4)
    words = [part for part in parts if not part.isdigit()]
    own = [word for word in words if word not in _GENERIC] or words
    stems = [_ENDING.sub("", word) for word in own]
    return Name(said, " ".join(stems), " ".join(map(_sounds, stems)), numbers)


def likeness(left: Sequence[Name], right: Sequence[Name]) -> Scores:
    """How alike the names are, pair by pair: 0 nothing in common, 1 the same."""
    if not left:
        return np.zeros(0, dtype=np.float32)
    as_spelt = _compare([name.words for name in left], [name.words for name in right])
    as_heard = _compare([name.sounds for name in left], [name.sounds for name in right])
    return np.maximum(as_spelt, (as_spelt + 2 * as_heard) / 3)


def numbers_differ(left: Name, right: Name) -> bool:
    """Whether both count something and the counts are others: phases rather than duplicates."""
    return bool(left.numbers and right.numbers and left.numbers != right.numbers)


def names_of(name: str, alt_names: Iterable[str]) -> tuple[Name, ...]:
    """A record's names; of an alternative one the language after the @ is left out."""
    said = [name, *(alternative.rsplit(" @", 1)[0] for alternative in alt_names)]
    read = [read_name(text) for text in said if text]
    return tuple({one.words: one for one in reversed(read)}.values())[::-1]


def _compare(left: list[str], right: list[str]) -> Scores:
    """Half for the words that both have, half for all words in any order."""
    shared = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32, workers=-1)
    whole = process.cpdist(left, right, scorer=fuzz.token_sort_ratio, dtype=np.float32, workers=-1)
    return np.asarray((shared + whole) / 200, dtype=np.float32)


def _sounds(word: str) -> str:
    for spelt, heard in _SOUNDS:
        word = word.replace(spelt, heard)
    consonants = _NO_CONSONANT.sub("", word)
    return re.sub(r"(.)\1+", r"\1", consonants) or word
