"""Recurrent layers over sequences x (T, N, D): the plain RNN, the LSTM and the GRU.

All return the hidden states h (T, N, H) after each step. Their ``back`` takes the gradient of
every one of them (T, N, H) and also gives the gradient that *reached* each state, (T + 1, N, H),
the start first: what vanishes or explodes through time can be read off there.

What does not depend on the state is done for all steps at once; only the recurrence is a loop.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.arrays import Array, shape_error


class RnnGradients(NamedTuple):
    """The gradients of an RNN's arguments; ``h`` (T + 1, N, H) is that of every state."""

    x: Array
    Wx: Array
    Wh: Array
    b: Array
    h: Array


class LstmGradients(NamedTuple):
    """The gradients of an LSTM's arguments; ``h`` and ``c`` (T + 1, N, H) of every state."""

    x: Array
    Wx: Array
    Wh: Array
    b: Array
    h: Array
    c: Array


class GruGradients(NamedTuple):
    """The gradients of a GRU's arguments; ``h`` (T + 1, N, H) is that of every state."""

    x: Array
    Wx: Array
    Wh: Array
    bx: Array
    bh: Array
    h: Array


RnnBack: TypeAlias = Callable[[Array], RnnGradients]
LstmBack: TypeAlias = Callable[[Array], LstmGradients]
GruBack: TypeAlias = Callable[[Array], GruGradients]


def rnn(
    x: Array, Wx: Array, Wh: Array, b: Array, *, h0: Array | None = None
) -> tuple[Array, RnnBack]:
    """h_t = tanh(x_t Wx + h_{t-1} Wh + b), with Wx (D, H), Wh (H, H), b (H,) (Elman 1990).

    A gradient is multiplied by Wh and by tanh' ≤ 1 at every step back (Bengio et al. 1994).
    """
    _check(x, Wx, Wh, b, gates=1)
    driven = _project(x, Wx, b)
    h = _states(x, Wh, h0)
    for t in range(len(x)):
        np.tanh(driven[t] + h[t] @ Wh, out=h[t + 1])

    def back(dy: Array) -> RnnGradients:
        dh, dz = _with_start(dy), np.empty_like(driven)
        slope = 1 - h[1:] ** 2
        for t in reversed(range(len(x))):
            np.multiply(dh[t + 1], slope[t], out=dz[t])
            dh[t] += dz[t] @ Wh.T
        dx, dWx = _projection_gradients(x, Wx, dz)
        return RnnGradients(dx, dWx, _state_products(h, dz), dz.sum((0, 1)), dh)

    return h[1:], back


def lstm(
    x: Array,
    Wx: Array,
    Wh: Array,
    b: Array,
    *,
    h0: Array | None = None,
    c0: Array | None = None,
) -> tuple[Array, LstmBack]:
    """c_t = f·c_{t-1} + i·g and h_t = o·tanh(c_t), with Wx (D, 4H), Wh (H, 4H), b (4H,).

    The columns are the gates in the order o, i, f, g: the sigmoids are the first three, what feeds
    the cell the last three. Along the cell a gradient is only multiplied by f, so a forget bias
    of 1 or more keeps it (Hochreiter & Schmidhuber 1997; Gers et al. 2000; Jozefowicz et al. 2015).
    """
    _check(x, Wx, Wh, b, gates=4)
    T, N, H = len(x), x.shape[1], len(Wh)
    halves = np.repeat([0.5, 0.5, 0.5, 1.0], H)  # one tanh for all gates, see _to_sigmoid
    driven, Wh_halved = _project(x, Wx * halves, b * halves), Wh * halves
    gates = driven.reshape(T, N, 4, H)
    h, c, squashed = _states(x, Wh, h0), _states(x, Wh, c0), np.empty((T, N, H))
    for t in range(T):
        driven[t] += h[t] @ Wh_halved
        np.tanh(driven[t], out=driven[t])
        _to_sigmoid(gates[t, :, :3])
        o, i, f, g = (gates[t, :, k] for k in range(4))
        c[t + 1] = f * c[t] + i * g
        np.tanh(c[t + 1], out=squashed[t])
        np.multiply(o, squashed[t], out=h[t + 1])

    def back(dy: Array) -> LstmGradients:
        dh, dc = _with_start(dy), np.zeros((T + 1, N, H))
        dz, to_cell = _lstm_slopes(gates, c, squashed)
        flat, WhT = dz.reshape(T, N, 4 * H), Wh.T.copy()  # contiguous: a faster product
        for t in reversed(range(T)):
            dc[t + 1] += dh[t + 1] * to_cell[t]
            np.multiply(dc[t + 1], gates[t, :, 2], out=dc[t])
            dz[t, :, 0] *= dh[t + 1]
            dz[t, :, 1:] *= dc[t + 1][:, None]
            dh[t] += flat[t] @ WhT
        dx, dWx = _projection_gradients(x, Wx, flat)
        return LstmGradients(dx, dWx, _state_products(h, flat), flat.sum((0, 1)), dh, dc)

    return h[1:], back


def _lstm_slopes(gates: Array, c: Array, squashed: Array) -> tuple[Array, Array]:
    """For all steps the slopes of h by o and of c by i, f, g, (T, N, 4, H), and of h by c."""
    o, i, f, g = (gates[:, :, k] for k in range(4))
    slopes = np.empty_like(gates)
    slopes[:, :, 0] = squashed * o * (1 - o)
    slopes[:, :, 1] = g * i * (1 - i)
    slopes[:, :, 2] = c[:-1] * f * (1 - f)
    slopes[:, :, 3] = i * (1 - g * g)
    return slopes, o * (1 - squashed * squashed)


def gru(
    x: Array,
    Wx: Array,
    Wh: Array,
    bx: Array,
    bh: Array,
    *,
    h0: Array | None = None,
) -> tuple[Array, GruBack]:
    """h_t = (1 - z)·n + z·h_{t-1}, n = tanh(x Wx_n + bx_n + r·(h Wh_n + bh_n)).

    Wx (D, 3H), Wh (H, 3H), biases (3H,), columns in the order r, z (sigmoids), n. This is the
    form of cuDNN and PyTorch, whose reset gate acts after the product; Cho et al. 2014 and Chung
    et al. 2014 let it act on h before. z near 1 *keeps* the state.
    """
    _check(x, Wx, Wh, bx, gates=3)
    if bh.shape != bx.shape:
        raise shape_error("gru needs both biases (3H,)", bx=bx, bh=bh)
    T, N, H = len(x), x.shape[1], len(Wh)
    gates = _project(x, Wx, bx).reshape(T, N, 3, H)
    h, recalled = _states(x, Wh, h0), np.empty((T, N, H))
    for t in range(T):
        from_state = (h[t] @ Wh + bh).reshape(N, 3, H)
        gates[t, :, :2] += from_state[:, :2]
        _sigmoid(gates[t, :, :2])
        recalled[t] = from_state[:, 2]
        r, z, n = (gates[t, :, k] for k in range(3))
        np.tanh(n + r * recalled[t], out=n)
        h[t + 1] = n + z * (h[t] - n)

    def back(dy: Array) -> GruGradients:
        dh, (dz, to_candidate) = _with_start(dy), _gru_slopes(gates, h, recalled)
        for t in reversed(range(T)):
            dz[t] *= dh[t + 1][:, None]
            dh[t] += dh[t + 1] * gates[t, :, 1] + dz[t].reshape(N, 3 * H) @ Wh.T
        of_state = dz.reshape(T, N, 3 * H)
        of_input = of_state.copy()  # the two differ in the candidate, where r gates the state
        of_input[:, :, 2 * H :] = dh[1:] * to_candidate
        dx, dWx = _projection_gradients(x, Wx, of_input)
        dWh, dbh = _state_products(h, of_state), of_state.sum((0, 1))
        return GruGradients(dx, dWx, dWh, of_input.sum((0, 1)), dbh, dh)

    return h[1:], back


def _gru_slopes(gates: Array, h: Array, recalled: Array) -> tuple[Array, Array]:
    """For all steps the slopes of h by what the state is projected to, and by the candidate's z."""
    r, z, n = (gates[:, :, k] for k in range(3))
    to_candidate = (1 - z) * (1 - n * n)
    slopes = np.empty_like(gates)
    slopes[:, :, 0] = to_candidate * recalled * r * (1 - r)
    slopes[:, :, 1] = (h[:-1] - n) * z * (1 - z)
    slopes[:, :, 2] = to_candidate * r
    return slopes, to_candidate


def _project(x: Array, Wx: Array, b: Array) -> Array:
    """One product for all steps: x Wx + b."""
    T, N, D = x.shape
    return (x.reshape(T * N, D) @ Wx + b).reshape(T, N, -1)


def _projection_gradients(x: Array, Wx: Array, dz: Array) -> tuple[Array, Array]:
    """The gradients dx and dWx of that product."""
    rows, drows = x.reshape(-1, len(Wx)), dz.reshape(-1, Wx.shape[1])
    return (drows @ Wx.T).reshape(x.shape), rows.T @ drows


def _state_products(h: Array, dz: Array) -> Array:
    """The gradient of Wh: the products of every state with what it led to, summed over time."""
    return h[:-1].reshape(-1, h.shape[2]).T @ dz.reshape(-1, dz.shape[2])


def _states(x: Array, Wh: Array, start: Array | None) -> Array:
    """Room for the states, (T + 1, N, H), with the start in place (zeros unless given)."""
    states = np.empty((len(x) + 1, x.shape[1], len(Wh)))
    states[0] = 0 if start is None else start
    return states


def _with_start(dy: Array) -> Array:
    """The gradients given for the states, with a zero one for the start before them."""
    return np.concatenate([np.zeros_like(dy[:1]), dy])


def _sigmoid(z: Array) -> None:
    """Overwrite z with 1/(1 + exp(-z)), without overflow."""
    z *= 0.5
    np.tanh(z, out=z)
    _to_sigmoid(z)


def _to_sigmoid(tanh_of_half: Array) -> None:
    """Overwrite tanh(z/2) with the sigmoid of z, which is (1 + tanh(z/2))/2."""
    tanh_of_half *= 0.5
    tanh_of_half += 0.5


def _check(x: Array, Wx: Array, Wh: Array, b: Array, *, gates: int) -> None:
    fits = (
        x.ndim == 3
        and Wx.shape == (x.shape[2], gates * len(Wh))
        and Wh.shape == (len(Wh), gates * len(Wh))
        and b.shape == Wx.shape[1:]
    )
    rule = f"x (T, N, D) needs Wx (D, {gates}H), Wh (H, {gates}H) and b ({gates}H,)"
    if not fits:
        raise shape_error(rule, x=x, Wx=Wx, Wh=Wh, b=b)
