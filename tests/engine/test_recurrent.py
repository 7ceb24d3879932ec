from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import Array
from engine.recurrent import gru, lstm, rnn

Operation = Callable[..., tuple[Array, Callable[[Array], tuple[Array, ...]]]]
sizes = st.tuples(*[st.integers(1, 4)] * 4)  # T, N, D, H


def inputs(seed: int, T: int, N: int, D: int, H: int, *, gates: int) -> list[Array]:
    rng = np.random.default_rng(seed)
    shapes = [(T, N, D), (D, gates * H), (H, gates * H), (gates * H,), (N, H), (N, H)]
    return [rng.normal(size=shape) for shape in shapes]


def whole_rnn(*arguments: Array) -> Any:
    """The RNN as an operation of all it depends on, its start included."""
    x, Wx, Wh, b, h0 = arguments
    h, back = rnn(x, Wx, Wh, b, h0=h0)

    def whole_back(dy: Array) -> tuple[Array, ...]:
        g = back(dy)
        return g.x, g.Wx, g.Wh, g.b, g.h[0]

    return h, whole_back


def whole_lstm(*arguments: Array) -> Any:
    x, Wx, Wh, b, h0, c0 = arguments
    h, back = lstm(x, Wx, Wh, b, h0=h0, c0=c0)

    def whole_back(dy: Array) -> tuple[Array, ...]:
        g = back(dy)
        return g.x, g.Wx, g.Wh, g.b, g.h[0], g.c[0]

    return h, whole_back


def whole_gru(*arguments: Array) -> Any:
    x, Wx, Wh, bx, bh, h0 = arguments
    h, back = gru(x, Wx, Wh, bx, bh, h0=h0)

    def whole_back(dy: Array) -> tuple[Array, ...]:
        g = back(dy)
        return g.x, g.Wx, g.Wh, g.bx, g.bh, g.h[0]

    return h, whole_back


@given(size=sizes, seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=15)
def test_backpropagation_through_time_is_the_derivative(
    check_gradients: Callable[..., None], size: tuple[int, int, int, int], seed: int
) -> None:
    *arguments, h0, c0 = inputs(seed, *size, gates=1)
    check_gradients(whole_rnn, *arguments, h0)
    *arguments, h0, c0 = inputs(seed, *size, gates=4)
    check_gradients(whole_lstm, *arguments, h0, c0)
    *arguments, h0, _ = inputs(seed, *size, gates=3)
    check_gradients(whole_gru, *arguments, arguments[3][::-1].copy(), h0)


def test_states_start_at_zero_unless_given() -> None:
    x, Wx, Wh, b, h0, _ = inputs(0, 2, 3, 2, 4, gates=1)
    h, _ = rnn(x, Wx, Wh, b)
    np.testing.assert_allclose(h[0], np.tanh(x[0] @ Wx + b), atol=1e-15)
    np.testing.assert_allclose(h[1], np.tanh(x[1] @ Wx + h[0] @ Wh + b), atol=1e-15)
    h, _ = rnn(x, Wx, Wh, b, h0=h0)
    np.testing.assert_allclose(h[0], np.tanh(x[0] @ Wx + h0 @ Wh + b), atol=1e-15)


def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell() -> None:
    x, Wx, Wh, b, _, c0 = inputs(1, 40, 2, 3, 5, gates=4)
    b[:] = np.repeat([40.0, -40.0, 40.0, 0.0], 5)  # o, i, f, g
    h, _ = lstm(x, 0 * Wx, 0 * Wh, b, c0=c0)
    np.testing.assert_allclose(h[-1], np.tanh(c0), atol=1e-12)


def test_an_open_update_gate_keeps_the_state_of_a_gru() -> None:
    x, Wx, Wh, b, h0, _ = inputs(2, 40, 2, 3, 5, gates=3)
    b[:] = np.repeat([0.0, 40.0, 0.0], 5)  # r, z, n
    h, _ = gru(x, 0 * Wx, 0 * Wh, b, 0 * b, h0=h0)
    np.testing.assert_allclose(h[-1], h0, atol=1e-12)


def test_large_inputs_do_not_overflow() -> None:
    x, Wx, Wh, b, *_ = inputs(3, 3, 2, 2, 2, gates=4)
    h, back = lstm(1e4 * x, Wx, Wh, b)
    assert np.isfinite(h).all()
    assert np.isfinite(back(np.ones_like(h)).Wx).all()


def test_the_gradient_of_every_state_is_reported() -> None:
    x, Wx, Wh, b, *_ = inputs(4, 6, 2, 3, 4, gates=4)
    h, back = lstm(x, Wx, Wh, b)
    dy = np.zeros_like(h)
    dy[-1] = 1
    gradients = back(dy)
    assert gradients.h.shape == gradients.c.shape == (7, 2, 4)
    assert (gradients.h[-1] == 1).all()
    assert (gradients.c != 0).all()


@pytest.mark.parametrize(("layer", "gates"), [(rnn, 1), (lstm, 4), (gru, 3)])
def test_shapes_that_do_not_fit_are_refused(layer: Operation, gates: int) -> None:
    x, Wx, Wh, b, *_ = inputs(5, 2, 2, 3, 4, gates=gates)
    biases = (b, b) if layer is gru else (b,)
    with pytest.raises(ValueError, match=rf"needs Wx \(D, {gates}H\).*got x \(2, 2, 2\)"):
        layer(x[..., :2], Wx, Wh, *biases)


def test_a_gru_needs_two_biases_of_one_shape() -> None:
    x, Wx, Wh, b, *_ = inputs(6, 2, 2, 3, 4, gates=3)
    with pytest.raises(ValueError, match="gru needs both biases"):
        gru(x, Wx, Wh, b, b[:4])


@pytest.mark.torch
@pytest.mark.parametrize(
    ("layer", "name", "order"),
    [
        (whole_rnn, "RNN", [0]),
        (whole_lstm, "LSTM", [1, 2, 3, 0]),  # theirs is i, f, g, o; ours o, i, f, g
        (whole_gru, "GRU", [0, 1, 2]),
    ],
)
def test_values_and_gradients_agree_with_pytorch(
    torch: Any, layer: Operation, name: str, order: list[int]
) -> None:
    T, N, D, H = 9, 4, 3, 5
    x, Wx, Wh, b, h0, c0 = inputs(7, T, N, D, H, gates=len(order))
    theirs = getattr(torch.nn, name)(D, H)

    def reordered(array: Array) -> Array:
        """Our columns, gate by gate, as their rows."""
        gates = array.reshape(*array.shape[:-1], len(order), H)[..., order, :]
        return np.moveaxis(gates, (-2, -1), (0, 1)).reshape(len(order) * H, -1)

    bh = b[::-1].copy() if name == "GRU" else np.zeros_like(b)
    with torch.no_grad():
        for parameter, ours in [
            (theirs.weight_ih_l0, reordered(Wx)),
            (theirs.weight_hh_l0, reordered(Wh)),
            (theirs.bias_ih_l0, reordered(b).ravel()),
            (theirs.bias_hh_l0, reordered(bh).ravel()),
        ]:
            parameter.copy_(torch.tensor(ours))
    arguments = {
        "RNN": [x, Wx, Wh, b, h0],
        "LSTM": [x, Wx, Wh, b, h0, c0],
        "GRU": [x, Wx, Wh, b, bh, h0],
    }[name]
    h, back = layer(*arguments)
    dy = np.random.default_rng(8).normal(size=h.shape)
    tx = torch.tensor(x, requires_grad=True)
    starts = [torch.tensor(start)[None] for start in ((h0, c0) if name == "LSTM" else (h0,))]
    th, _ = theirs(tx, tuple(starts) if name == "LSTM" else starts[0])
    th.backward(torch.tensor(dy))
    dx, dWx, dWh, db, *_ = back(dy)
    for ours, expected in [
        (h, th.detach()),
        (dx, tx.grad),
        (reordered(dWx), theirs.weight_ih_l0.grad),
        (reordered(dWh), theirs.weight_hh_l0.grad),
        (reordered(db).ravel(), theirs.bias_ih_l0.grad),
    ]:
        np.testing.assert_allclose(ours, expected.numpy(), atol=1e-10)
