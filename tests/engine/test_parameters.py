import numpy as np
import pytest

from engine.parameters import pack, pack_stack, views


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


def test_a_stack_has_a_network_in_each_row() -> None:
    networks = [[np.full((2, 3), float(k)), np.full(3, 10.0 + k)] for k in range(4)]
    parameters = pack_stack(networks)
    assert parameters.theta.shape == (4, 9)
    assert [piece.shape for piece in parameters.values] == [(4, 2, 3), (4, 3)]
    assert parameters.theta[2].tolist() == [2.0] * 6 + [12.0] * 3
    parameters.values[1][3, 0] = 99
    assert parameters.theta[3, 6] == 99


def test_a_missing_gradient_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        pack([np.ones(2), np.ones(2)]).store([np.ones(2)])


def test_shapes_that_do_not_use_up_the_vector_are_named() -> None:
    with pytest.raises(ValueError, match=r"\[\(2, 2\)\] need a vector \(4,\), got \(5,\)"):
        views(np.zeros(5), [(2, 2)])
