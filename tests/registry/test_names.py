"""Names are compared across Latin, Cyrillic and Japanese spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.kinship import KINDRED
from registry.names import likeness, names_of, numbers_differ, read_name


def alike(left: str, right: str) -> float:
    return float(likeness([read_name(left)], [read_name(right)])[0])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Zarafshan wind farm", "Зарафшанская ВЭС"),
        ("Zarafshan wind farm", "ザラフシャン風力発電所"),
        ("Зарафшанская ВЭС", "ザラフシャン風力発電所"),
        ("Dzhankeldy wind farm", "Джанкельды ВЭС"),
        ("Dzhankeldy wind farm", "ジャンケルディ風力発電所"),
        ("Navoi thermal power plant", "ナヴォイ火力発電所"),
        ("Navoi thermal power plant modernization", "Навоийская ТЭС"),
        ("Rogun hydropower plant", "ログン水力発電所"),
        ("Kambarata-1 hydropower plant", "Камбаратинская ГЭС-1"),
        ("Surkhandarya combined-cycle plant", "Сурхандарьинская ПГУ"),
        ("Qungrad wind farm", "Кунградская ВЭС, 1500 МВт"),
        ("Olmaliq", "Алмалык"),
        ("Talimarjan power station", "タリマルジャン発電所"),
        ("Xorazm solar", "Solar park Khorezm"),
    ],
)
def test_one_name_in_two_spellings_is_alike(left: str, right: str) -> None:
    assert alike(left, right) > 0.8


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Bash wind farm", "Bukhara wind farm"),
        ("Toru-Aigyr solar plant", "Ak-Turpak solar plant"),
        ("Guzar solar plant", "Gijduvan wind farm"),
        ("Solar power plant of Sughd", "Solar power plant of Khatlon"),
        ("ウルケン原子力発電所", "ログン水力発電所"),
    ],
)
def test_two_names_are_not_alike_because_both_are_power_plants(left: str, right: str) -> None:
    assert alike(left, right) < 0.65


def test_numbers_tell_phases_apart_but_no_capacity_does() -> None:
    first, second = read_name("Sirdarya I"), read_name("Syrdarya II, 1600 MW")
    assert numbers_differ(first, second)
    assert not numbers_differ(read_name("Sazagan 500 MW"), read_name("Sazagan 1000 MW"))
    assert not numbers_differ(read_name("Kambarata-1"), read_name("ГЭС Камбарата 01"))


def test_an_alternative_name_leaves_its_language_out() -> None:
    names = names_of("Bash wind farm", ["Баш ВЭС @ru", "Gijduvan wind farm"])
    assert [name.said for name in names] == ["Bash wind farm", "Gijduvan wind farm"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_compare_and_in_either_order_the_same(left: str, right: str) -> None:
    there, back = alike(left, right), alike(right, left)
    assert 0 <= there <= 1
    assert there == pytest.approx(back, abs=1e-6)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=40))
def test_a_name_is_most_like_itself(name: str) -> None:
    if read_name(name).words:
        assert alike(name, name) == pytest.approx(1)


def test_kinship_has_no_direction() -> None:
    for sector, others in KINDRED.items():
        assert sector not in others
        for other, why in others.items():
            assert KINDRED[other][sector] == why
