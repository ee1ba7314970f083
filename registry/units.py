"""Units in the headings of other people's tables, and how many of ours each makes.

`Мощность, кВт` is power in kilowatts, `Cost (mln USD)` money in millions of US dollars. Nothing is
guessed of a unit that stands there and is not known: it is asked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from registry.folding import fold, word_key

_Rows = tuple[tuple[str, float, str], ...]

# Name, how many, and what others write: in English, Russian, Kazakh and Japanese.
_SCALES: _Rows = (
    ("thousand", 1e3, "k; thousand; thousands; тыс; тысяч; тысячи; мың; 千"),
    ("10,000", 1e4, "万"),
    ("million", 1e6, "m; mn; mm; mln; million; millions; млн; миллион; миллионов; 百万"),
    ("100 million", 1e8, "億"),
    ("billion", 1e9, "bn; bln; billion; billions; млрд; миллиард; миллиардов; 十億"),
    ("trillion", 1e12, "trillion; трлн; триллион; триллионов; 兆"),
)
_CURRENCIES: Mapping[str, str] = {
    "USD": (
        "usd; us$; $; $us; долл; доллсша; доллар; доллары; доллара; долларов; долларовсша; "
        "dollar; dollars; usdollar; usdollars; ドル; 米ドル"
    ),
    "EUR": "eur; €; euro; euros; евро; ユーロ",
    "JPY": "jpy; yen; иен; иена; 円",
    "CNY": "cny; rmb; yuan; юань; юаней; 元; 人民元",
    "GBP": "gbp; £",
    "KZT": "kzt; tenge; тенге; тг; теңге; ₸",
    "KGS": "kgs; сом; сомов",
    "TJS": "tjs; somoni; сомони",
    "TMT": "tmt; manat; манат; манатов",
    "UZS": "uzs; сум; сумов",
    "RUB": "rub; руб; рубль; рублей; ₽",
    "KRW": "krw; 원",
}
_POWER: _Rows = (
    ("W", 1e-6, "w; вт; ワット"),
    ("kW", 1e-3, "kw; kwp; kwe; квт; キロワット"),
    ("MW", 1, "mw; mwp; mwe; мвт; мегаватт; メガワット"),
    ("Gcal/h", 1.163, "gcalh; gcalhr; gcalhour; гкалч; гкалчас"),
    ("10,000 kW", 10, ""),
    ("GW", 1e3, "gw; gwp; gwe; гвт; гигаватт; ギガワット"),
)
_ENERGY: _Rows = (
    ("kWh", 1e-6, "kwh; kwhr; квтч; квтчас; キロワット時"),
    ("MWh", 1e-3, "mwh; мвтч; мвтчас; メガワット時"),
    ("GWh", 1, "gwh; гвтч; гвтчас; ギガワット時"),
    ("100 million kWh", 100, ""),
    ("TWh", 1e3, "twh; твтч; твтчас; テラワット時"),
)
_EMISSIONS: _Rows = (
    ("kg", 1e-3, "kg; кг"),
    ("t", 1, "t; ton; tons; tonne; tonnes; т; тн; тонн; тонна; тонны; トン"),
    ("kt", 1e3, "kt; кт; gg; килотонн"),
    ("10,000 t", 1e4, ""),
    ("Mt", 1e6, "mt; мт; мегатонн"),
)
_DOLLARS: _Rows = (
    ("USD", 1, _CURRENCIES["USD"]),
    *((f"{name} USD", factor, said) for name, factor, said in _SCALES),
)
# What says nothing of the size: of what, and in what time. Taken off the end.
_NOISE = (
    *("perannum", "peryear", "annually", "жылына", "annual", "ayear", "вгод", "year"),
    *("co2экв", "co2eq", "co2e", "co2", "экв", "eq", "yr", "pa", "год", "年間", "年"),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that a column may be in: `factor` of ours make one; money also says which."""

    name: str
    factor: float = 1
    currency: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether values in it may stay as they are."""
        return self.factor == 1 and not self.currency


@dataclass(frozen=True, slots=True)
class Measure:
    """The units of one property, by name, and the words by which headings call them."""

    rows: _Rows
    currencies: tuple[str, ...] = ()
    units: Mapping[str, Unit] = field(init=False)
    words: Mapping[str, Unit] = field(init=False)

    def __post_init__(self) -> None:
        """Note every unit, and every word alone and with “thousand”, “million” beside it."""
        money = [
            Unit(f"{scale} {currency}".strip(), factor, currency)
            for currency in self.currencies
            for scale, factor in (("", 1.0), *((name, factor) for name, factor, _ in _SCALES))
            if scale or currency
        ]
        units = [*(Unit(name, factor) for name, factor, _ in self.rows), *money]
        by_size = {(unit.factor, unit.currency): unit for unit in units}
        words: dict[str, Unit] = {}
        for size, currency, word in self._bases():
            for factor, scales in ((1.0, [""]), *((f, _words(said)) for _, f, said in _SCALES)):
                unit = by_size.get((float(f"{size * factor:.12g}"), currency))
                if unit is not None:
                    for scale in scales:
                        words.setdefault(f"{scale}{word}", unit)
                        words.setdefault(f"{word}{scale}", unit)
        object.__setattr__(self, "units", {unit.name: unit for unit in units})
        object.__setattr__(self, "words", words)

    def _bases(self) -> Iterator[tuple[float, str, str]]:
        """Size, currency and word of what may stand alone in a heading."""
        for _, size, said in self.rows:
            yield from ((size, "", word) for word in _words(said))
        for currency in self.currencies:
            yield from ((1.0, currency, word) for word in _words(_CURRENCIES.get(currency, "")))
        if self.currencies:
            yield 1.0, "", ""

    def read(self, text: str) -> Unit | None:
        """The unit that a text says; None where it says none that is known."""
        word = re.sub(r"[^\w$€£₸₽]", "", fold(text).replace("со2", "co2")).replace("_", "")
        return self._read(word)

    def _read(self, word: str) -> Unit | None:
        shorter = (word.removesuffix(end) for end in _NOISE if word.endswith(end))
        return self.words.get(word) or next(
            (unit for text in shorter if text and (unit := self._read(text))), None
        )


def _words(said: str) -> list[str]:
    return [fold(word) for word in said.split("; ") if word]


MEASURES: Mapping[str, Measure] = {
    "capacity_mw": Measure(_POWER),
    "generation_gwh_per_year": Measure(_ENERGY),
    "cost_amount": Measure((), ("", *_CURRENCIES)),
    "cost_usd": Measure(_DOLLARS),
    "reduction_claimed_tco2e_per_year": Measure(_EMISSIONS),
}
"""By the property; the units of all others are what they are."""

_BRACKETS = re.compile(r"(.*?)[(\[（［]([^)\]）］]*)[)\]）］](.*)", re.DOTALL)
_PARTED = re.compile(r"(.*\S)(?:\s*[,;:、，]\s*|\s+(?:in|в)\s+)(.+)", re.DOTALL | re.IGNORECASE)
_MOST_UNIT_WORDS = 5
_LONGEST_HEADING = 200  # characters that are looked at


def explicit(heading: str) -> Iterator[tuple[str, str]]:
    """A heading without its unit, and the unit as it is set off: in brackets, behind a comma."""
    heading = heading[:_LONGEST_HEADING]
    if parts := _BRACKETS.fullmatch(heading):
        yield f"{parts[1]} {parts[3]}", parts[2]
    if parts := _PARTED.fullmatch(heading):
        yield parts[1], parts[2]


def trailing(heading: str) -> Iterator[tuple[str, str]]:
    """A heading without its last or first words, and these; the most words first."""
    words = re.split(r"[\s_]+", heading[:_LONGEST_HEADING].strip())
    for count in range(min(_MOST_UNIT_WORDS, len(words) - 1), 0, -1):
        yield " ".join(words[:-count]), " ".join(words[-count:])
        yield " ".join(words[count:]), " ".join(words[:count])


def bases(heading: str, name: str) -> Iterator[str]:
    """What a heading may call a property when its unit is taken off; nothing of one without units.

    >>> list(bases("Мощность, кВт", "capacity_mw"))[0]
    'Мощность'
    """
    if measure := MEASURES.get(name):
        yield from (base for base, _ in explicit(heading))
        yield from (base for base, unit in trailing(heading) if measure.read(unit))


def of_heading(heading: str, name: str) -> tuple[Unit | None, str]:
    """The unit that a heading says for a property, or what stands there and is not known.

    >>> of_heading("Cost, млн USD", "cost_amount")[0].name, of_heading("Power (MVA)", "capacity_mw")
    ('million USD', (None, 'MVA'))
    """
    measure = MEASURES.get(name)
    if measure is None or word_key(heading) == word_key(name):
        return None, ""
    apart = list(explicit(heading))
    around = [text for base, _ in apart for text in (base, *(unit for _, unit in explicit(base)))]
    ends = [unit for text in (heading, *around) for _, unit in trailing(text)]
    for text in (*(unit for _, unit in apart), heading, *around, *ends):
        if unit := measure.read(text):
            return unit, ""
    return None, apart[0][1].strip() if apart else ""
