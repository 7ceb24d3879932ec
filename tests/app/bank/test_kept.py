"""A bounded memory."""

from app.bank.kept import Kept


def test_a_value_is_made_once() -> None:
    kept: Kept[str, list[int]] = Kept(3)
    first = kept.get("a", list)
    assert kept.get("a", list) is first


def test_beyond_the_limit_the_oldest_is_forgotten() -> None:
    kept: Kept[int, list[int]] = Kept(2)
    made = [kept.get(number, list) for number in range(3)]
    assert kept.get(2, list) is made[2]
    assert kept.get(1, list) is made[1]
    assert kept.get(0, list) is not made[0]
