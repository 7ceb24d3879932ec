"""Activation functions: each returns its value and the function that carries a gradient back.

All but the softmax work on each number by itself, on any shape: ``back(dy)`` is dy · f'(x).
"""

import math

import numpy as np

from engine.arrays import Array, Op, row_sums
from engine.special import erfc


def identity(x: Array) -> Op:
    """The absence of an activation: a net of these is one linear map, whatever its depth."""
    return x, lambda dy: dy


def sigmoid(x: Array) -> Op:
    """The logistic function 1 / (1 + exp(-x)); its slope is at most 1/4, at 0."""
    e: Array = np.exp(-np.abs(x))  # never overflows
    s: Array = 1 / (1 + e)

    def back(dy: Array) -> Array:
        return dy * (e * s * s)

    return np.where(x >= 0, s, e * s), back


def tanh(x: Array) -> Op:
    """The hyperbolic tangent, 2 · sigmoid(2x) - 1; its slope is at most 1, at 0."""
    y: Array = np.tanh(x)

    def back(dy: Array) -> Array:
        return dy * (1 - y * y)

    return y, back


def relu(x: Array) -> Op:
    """The rectifier max(0, x) (Nair & Hinton 2010); its slope at 0 is taken as 0."""
    y = np.maximum(x, 0)

    def back(dy: Array) -> Array:
        return dy * (y > 0)

    return y, back


def leaky_relu(x: Array, slope: float = 0.01) -> Op:
    """The leaky rectifier: x for x > 0 and slope · x below, never flat (Maas et al. 2013)."""
    factor = np.where(x > 0, 1.0, slope)

    def back(dy: Array) -> Array:
        return dy * factor

    return x * factor, back


def elu(x: Array, alpha: float = 1.0) -> Op:
    """Exponential linear unit: x for x > 0, α (exp(x) - 1) below (Clevert et al. 2016)."""
    negative = alpha * np.expm1(np.minimum(x, 0))

    def back(dy: Array) -> Array:
        return dy * np.where(x > 0, 1.0, negative + alpha)

    return np.where(x > 0, x, negative), back


def gelu(x: Array) -> Op:
    """The Gaussian error linear unit x Φ(x), Φ the normal cdf (Hendrycks & Gimpel 2016)."""
    cdf = 0.5 * erfc(-x / math.sqrt(2))

    def back(dy: Array) -> Array:
        density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
        return dy * (cdf + x * density)

    return x * cdf, back


def gelu_tanh(x: Array) -> Op:
    """The GELU with Φ(x) ≈ (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, as in BERT and GPT-2."""
    scale, cubic = math.sqrt(2 / math.pi), 0.044715
    cdf, cdf_back = sigmoid(2 * scale * (x + cubic * x * x * x))  # (1 + tanh u) / 2

    def back(dy: Array) -> Array:
        return dy * cdf + cdf_back(dy * x) * (2 * scale * (1 + 3 * cubic * x * x))

    return x * cdf, back


def silu(x: Array) -> Op:
    """The sigmoid linear unit x · sigmoid(x), also called swish (Elfwing et al. 2017)."""
    s, s_back = sigmoid(x)

    def back(dy: Array) -> Array:
        return dy * s + s_back(dy * x)

    return x * s, back


def softplus(x: Array) -> Op:
    """ln(1 + exp(x)), a smooth rectifier whose slope is the sigmoid (Dugas et al. 2001)."""

    def back(dy: Array) -> Array:
        return dy * sigmoid(x)[0]

    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), back


def softmax(x: Array) -> Op:
    """exp(x) over its sum along the last axis: (…, C) to probabilities (…, C)."""
    e: Array = np.exp(x - x.max(-1, keepdims=True))  # the largest exponent is 0: no overflow
    y = e / row_sums(e)

    def back(dy: Array) -> Array:
        return y * (dy - row_sums(dy * y))

    return y, back


def log_softmax(x: Array) -> Op:
    """The logarithm of the softmax without taking the logarithm of a rounded 0; (…, C)."""
    shifted = x - x.max(-1, keepdims=True)
    y: Array = shifted - np.log(row_sums(np.exp(shifted)))

    def back(dy: Array) -> Array:
        return dy - np.exp(y) * row_sums(dy)

    return y, back
