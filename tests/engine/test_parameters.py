import numpy as np
import pytest

from engine.parameters import pack, views


def test_pieces_and_vector_are_one_memory() -> None:
    parameters = pack([np.ones((2, 3)), np.zeros(3)])
    assert [piece.shape for piece in parameters.values] == [(2, 3), (3,)]
    parameters.theta[...] = 5
    assert parameters.values[0].sum() == 30
    parameters.values[1][...] = 7
    assert parameters.theta[6:].tolist() == [7, 7, 7]


def test_packing_copies() -> None:
    W = np.ones((2, 2))
    pack([W]).theta[...] = 0
    assert W.sum() == 4


def test_gradients_are_stored_in_the_order_of_the_values() -> None:
    parameters = pack([np.ones((2, 3)), np.zeros(3)])
    flat = parameters.store([np.full((2, 3), 2.0), np.full(3, 3.0)])
    assert flat.tolist() == [2] * 6 + [3] * 3
    assert flat is parameters.gradient


def test_a_missing_gradient_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        pack([np.ones(2), np.ones(2)]).store([np.ones(2)])


def test_shapes_that_do_not_use_up_the_vector_are_named() -> None:
    with pytest.raises(ValueError, match=r"\[\(2, 2\)\] need a vector \(4,\), got \(5,\)"):
        views(np.zeros(5), [(2, 2)])
