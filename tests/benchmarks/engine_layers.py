"""The training steps of layers: attention, LSTM and convolution with Adam, three ways each."""

from typing import Any

from engine.arrays import Array
from engine.attention import AttentionWeights, multi_head_attention
from engine.convolution import conv2d
from engine.optimizers import adam
from engine.parameters import Parameters, pack
from engine.recurrent import lstm
from tests.benchmarks.engine_cases import Case, Timed

import numpy as np  # isort: skip - after the engine, which sets BLAS to one thread

LR = 1e-4


def drawn(*shapes: tuple[int, ...]) -> list[Array]:
    """Numbers small enough for every gate and softmax to stay soft."""
    rng = np.random.default_rng(0)
    return [0.1 * rng.normal(size=shape) for shape in shapes]


def attention_case(torch: Any, *, batch: int = 8, n: int = 64, d: int = 64) -> Case:
    """Self-attention of 64 tokens of 64 features in one head, projections included."""
    x, dy, *weights = drawn((batch, n, d), (batch, n, d), (d, 3 * d), (3 * d,), (d, d), (d,))
    parameters = pack(weights)
    own, step = AttentionWeights(*parameters.values), adam(parameters.theta.size)

    def ours() -> None:
        _, back = multi_head_attention(x, own, heads=1)
        step(parameters.theta, parameters.store(back(dy)[1]), LR)

    rows, W_qkv, W_out = x.reshape(-1, d), own.W_qkv, own.W_out
    qkv, scores = rows @ W_qkv, x @ x.mT

    def products() -> None:
        for left, right in ((rows, W_qkv), (x, x.mT), (scores, x), (rows, W_out)):
            left @ right
        for left, right in ((rows, W_out.T), (rows.T, rows), (x, x.mT), (scores.mT, x)):
            left @ right
        for left, right in ((scores, x), (scores.mT, x), (qkv, W_qkv.T), (rows.T, qkv)):
            left @ right

    theirs = torch_attention(torch, x, dy, parameters) if torch else None
    return Case(f"attention {n} x {d}", ours, products, theirs)


def torch_attention(torch: Any, x: Array, dy: Array, parameters: Parameters) -> Timed:
    """The same step in PyTorch, with its own fused attention."""
    tx, tdy = torch.tensor(x, requires_grad=True), torch.tensor(dy)
    W_qkv, b_qkv, W_out, b_out = weights = [
        torch.tensor(value, requires_grad=True) for value in parameters.values
    ]
    optimizer = torch.optim.Adam(weights, lr=LR)

    def step() -> None:
        optimizer.zero_grad()
        tx.grad = None
        qkv = (tx @ W_qkv + b_qkv).chunk(3, dim=-1)
        seen = torch.nn.functional.scaled_dot_product_attention(*qkv)
        (seen @ W_out + b_out).backward(tdy)
        optimizer.step()

    return step


def lstm_case(torch: Any, *, T: int = 50, N: int = 32, D: int = 32, H: int = 64) -> Case:
    """An LSTM of 64 units over 50 steps of 32 sequences."""
    x, dy, *weights = drawn((T, N, D), (T, N, H), (D, 4 * H), (H, 4 * H), (4 * H,))
    parameters = pack(weights)
    Wx, Wh, b = parameters.values
    step = adam(parameters.theta.size)

    def ours() -> None:
        _, back = lstm(x, Wx, Wh, b)
        gradients = back(dy)
        step(parameters.theta, parameters.store([gradients.Wx, gradients.Wh, gradients.b]), LR)

    rows, states = x.reshape(-1, D), dy.reshape(-1, H)
    gates = rows @ Wx

    def products() -> None:
        for left, right in ((rows, Wx), (gates, Wx.T), (rows.T, gates), (states.T, gates)):
            left @ right
        for t in range(T):
            dy[t] @ Wh
            gates[N * t : N * (t + 1)] @ Wh.T

    theirs = torch_lstm(torch, x, dy, H) if torch else None
    return Case(f"LSTM {T} steps x {H}", ours, products, theirs)


def torch_lstm(torch: Any, x: Array, dy: Array, H: int) -> Timed:
    """The same step in PyTorch."""
    layer = torch.nn.LSTM(x.shape[2], H)
    optimizer = torch.optim.Adam(layer.parameters(), lr=LR)
    tx, tdy = torch.tensor(x, requires_grad=True), torch.tensor(dy)

    def step() -> None:
        optimizer.zero_grad()
        tx.grad = None
        layer(tx)[0].backward(tdy)
        optimizer.step()

    return step


def conv_case(torch: Any, *, N: int = 32, size: int = 28, C: int = 16, k: int = 3) -> Case:
    """A 3 x 3 convolution of 32 pictures of 28 x 28 pixels and 16 channels."""
    x, dy, *weights = drawn((N, size, size, C), (N, size, size, C), (k, k, C, C), (C,))
    parameters = pack(weights)
    W, b = parameters.values
    step = adam(parameters.theta.size)

    def ours() -> None:
        _, back = conv2d(x, W, b, padding=k // 2)
        step(parameters.theta, parameters.store(back(dy)[1:]), LR)

    windows, kernels = drawn((size * size, k * k * C), (k * k * C, C))
    pixels = dy.reshape(N, -1, C)

    def products() -> None:  # picture by picture, so that windows stay in the cache
        for image in pixels:
            for left, right in ((windows, kernels), (windows.T, image), (windows, kernels)):
                left @ right

    theirs = torch_conv(torch, x, dy, W, b) if torch else None
    return Case(f"conv {k} x {k}, {size} x {size} x {C}", ours, products, theirs)


def torch_conv(torch: Any, x: Array, dy: Array, W: Array, b: Array) -> Timed:
    """The same step in PyTorch, in its own layout."""

    def leaf(array: Array) -> Any:
        return torch.tensor(np.ascontiguousarray(array), requires_grad=True)

    tx, tW, tb = leaf(x.transpose(0, 3, 1, 2)), leaf(W.transpose(3, 2, 0, 1)), leaf(b)
    tdy, padding = leaf(dy.transpose(0, 3, 1, 2)).detach(), W.shape[0] // 2
    optimizer = torch.optim.Adam([tW, tb], lr=LR)

    def step() -> None:
        optimizer.zero_grad()
        tx.grad = None
        torch.nn.functional.conv2d(tx, tW, tb, padding=padding).backward(tdy)
        optimizer.step()

    return step
