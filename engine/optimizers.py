"""Optimizers: each makes a function ``step(theta, gradient, lr)`` that moves theta in place.

Vectors are flat, (P,), or a stack of them, (K, P), with lr a number or (K, 1). What an optimizer
remembers lives in its closure, so make a new one for each training. The learning rate comes with
each step: a schedule is whatever supplies it.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from engine.arrays import Array

Rate: TypeAlias = float | Array
Step: TypeAlias = Callable[[Array, Array, Rate], None]
Size: TypeAlias = int | tuple[int, ...]


def sgd() -> Step:
    """Plain gradient descent, θ ← θ - lr g."""

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        theta -= lr * gradient

    return step


def momentum(size: Size, *, beta: float = 0.9) -> Step:
    """Heavy ball, v ← β v + g; θ ← θ - lr v (Polyak 1964; the form of PyTorch).

    v is a sum of gradients: under a constant one the step grows to lr/(1 - β).
    """
    v = np.zeros(size)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        v[...] = beta * v + gradient
        theta -= lr * v

    return step


def velocity_momentum(size: Size, *, beta: float = 0.9) -> Step:
    """Heavy ball with the rate inside, v ← β v - lr g; θ ← θ + v (Sutskever et al. 2013).

    The same path as ``momentum`` while lr is constant; after a drop of lr the old, larger steps
    live on in v, where ``momentum`` shrinks them at once.
    """
    v = np.zeros(size)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        v[...] = beta * v - lr * gradient
        theta += v

    return step


def averaged_momentum(size: Size, *, beta: float = 0.9) -> Step:
    """Heavy ball on an average of gradients, v ← β v + (1 - β) g; θ ← θ - lr v.

    The same path as ``momentum`` at a learning rate 1/(1 - β) times as large.
    """
    v = np.zeros(size)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        v[...] = beta * v + (1 - beta) * gradient
        theta -= lr * v

    return step


def nesterov(size: Size, *, beta: float = 0.9) -> Step:
    """Nesterov's momentum, where theta is the point looked ahead to (Sutskever et al. 2013).

    The textbook takes the gradient at w - lr β v and moves w. Here theta *is* that point, so that
    every gradient is taken at theta: v ← β v + g; θ ← θ - lr (g + β v).
    """
    v = np.zeros(size)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        v[...] = beta * v + gradient
        theta -= lr * (gradient + beta * v)

    return step


def adagrad(size: Size, *, eps: float = 1e-10) -> Step:
    """Rates that only shrink, s ← s + g²; θ ← θ - lr g / (√s + ε) (Duchi et al. 2011)."""
    s = np.zeros(size)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        s[...] += gradient * gradient
        theta -= lr * gradient / (np.sqrt(s) + eps)

    return step


def rmsprop(size: Size, *, beta: float = 0.99, eps: float = 1e-8) -> Step:
    """Adagrad that forgets, s ← β s + (1 - β) g²; θ ← θ - lr g / (√s + ε) (Hinton 2012)."""
    s = np.zeros(size)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        s[...] = beta * s + (1 - beta) * gradient * gradient
        theta -= lr * gradient / (np.sqrt(s) + eps)

    return step


def adam(size: Size, *, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Step:
    """θ ← θ - lr m̂ / (√v̂ + ε), m̂ and v̂ bias-corrected averages of g and g² (Kingma & Ba 2015).

    Kept are the sums s ← β₁ s + g and q ← β₂ q + g²; m̂ and v̂ are multiples of them, which are
    folded into the rate and ε. Every pass over memory that is saved counts here.
    """
    s, q, buffer = np.zeros(size), np.zeros(size), np.empty(size)
    t = 0

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        nonlocal t
        t += 1
        mean, root = (1 - beta1) / (1 - beta1**t), math.sqrt((1 - beta2) / (1 - beta2**t))
        np.add(np.multiply(s, beta1, out=s), gradient, out=s)
        np.multiply(gradient, gradient, out=buffer)
        np.add(np.multiply(q, beta2, out=q), buffer, out=q)
        np.add(np.sqrt(q, out=buffer), eps / root, out=buffer)
        np.divide(s, buffer, out=buffer)
        theta -= np.multiply(buffer, lr * (mean / root), out=buffer)

    return step


def adamw(
    size: Size,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    decay: float | Array = 0.01,
) -> Step:
    """Adam after θ ← θ - lr λ θ: decay that the adaptive rate does not rescale (Loshchilov 2019).

    ``decay`` is λ: one number, or one for each parameter (0 spares biases).
    """
    adam_step = adam(size, beta1=beta1, beta2=beta2, eps=eps)

    def step(theta: Array, gradient: Array, lr: Rate) -> None:
        theta -= lr * decay * theta
        adam_step(theta, gradient, lr)

    return step
