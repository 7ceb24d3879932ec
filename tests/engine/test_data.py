from collections.abc import Iterator

import numpy as np
import pytest

from engine import data
from engine.arrays import Labels
from engine.data import DataSet


@pytest.mark.parametrize("data_set", [data.blobs, data.xor, data.circles, data.moons, data.spiral])
def test_points_come_in_two_equal_classes_and_again_from_their_seed(data_set: DataSet) -> None:
    x, labels = data_set(np.random.default_rng(3), 40, 0.1)
    again, _ = data_set(np.random.default_rng(3), 40, 0.1)
    assert x.shape == (40, 2)
    assert np.bincount(labels).tolist() == [20, 20]
    np.testing.assert_array_equal(x, again)


def test_a_circle_separates_the_circles_and_no_sign_the_xor() -> None:
    x, labels = data.circles(np.random.default_rng(0), 200, 0.0)
    assert ((np.hypot(*x.T) > 1) == labels).all()
    x, labels = data.xor(np.random.default_rng(0), 200, 0.0)
    assert ((x[:, 0] * x[:, 1] < 0) == labels).all()


def test_the_sine_is_a_sine() -> None:
    x, t = data.sine(np.random.default_rng(0), 30, 0.0)
    assert x.shape == (30, 1)
    np.testing.assert_allclose(t, np.sin(np.pi * x[:, 0]))


def epoch(batches: Iterator[Labels], size: int) -> list[int]:
    return sorted(int(row) for _ in range(size) for row in next(batches))


def test_an_epoch_of_batches_sees_every_row_once() -> None:
    batches = data.batches(np.random.default_rng(0), 12, 4, 6)
    assert epoch(batches, 3) == list(range(12))
    assert epoch(batches, 3) == list(range(12))
    assert list(batches) == []


def test_rows_that_fill_no_batch_wait_for_the_next_shuffle() -> None:
    assert all(len(rows) == 5 for rows in data.batches(np.random.default_rng(0), 12, 5, 9))
