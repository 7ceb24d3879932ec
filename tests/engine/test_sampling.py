import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.metrics import entropy
from engine.sampling import top_k, top_p, with_temperature

logits = st.lists(st.floats(-5, 5), min_size=2, max_size=8).map(np.array)


@given(logits=logits, temperature=st.floats(0.2, 5))
@settings(deadline=None)
def test_a_temperature_keeps_the_order_and_the_sum(logits: np.ndarray, temperature: float) -> None:
    p = with_temperature(logits, temperature)
    assert p.sum() == pytest.approx(1)
    assert (np.diff(p[np.argsort(logits)]) >= 0).all()


@given(logits=logits, low=st.floats(0.2, 4), step=st.floats(0.1, 2))
@settings(deadline=None)
def test_a_higher_temperature_never_lowers_the_entropy(
    logits: np.ndarray, low: float, step: float
) -> None:
    cold, hot = with_temperature(logits, low), with_temperature(logits, low + step)
    assert entropy(hot) >= entropy(cold) - 1e-9


def test_a_cold_choice_is_greedy_and_a_hot_one_uniform() -> None:
    z = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(with_temperature(z, 0.01), [0, 0, 1], atol=1e-40)
    np.testing.assert_allclose(with_temperature(z, 1e6), 1 / 3, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_a_temperature_of_zero_is_refused(temperature: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        with_temperature(np.zeros(2), temperature)


def test_top_k_keeps_the_most_likely() -> None:
    p = np.array([0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(top_k(p, 2), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(top_k(p, 9), p)


def test_of_equally_likely_tokens_top_k_keeps_no_more_than_k() -> None:
    assert (top_k(np.full(4, 0.25), 2) > 0).tolist() == [True, True, False, False]


def test_top_p_keeps_the_fewest_that_hold_the_mass() -> None:
    p = np.array([0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(top_p(p, 0.4), [0, 1, 0, 0])
    np.testing.assert_allclose(top_p(p, 0.6), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(top_p(p, 1.0), p)
