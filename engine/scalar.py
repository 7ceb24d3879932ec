"""Automatic differentiation of single numbers, to show backpropagation step by step.

Arrays are far faster; here every intermediate number has a name, a value and a gradient. After
A. Karpathy's micrograd.
"""

from collections.abc import Callable, Iterable

import numpy as np

from engine.arrays import Array, Op


class Value:
    """A number that remembers which numbers made it and the slope toward each of them."""

    def __init__(self, data: float, parents: Iterable[tuple["Value", float]] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = tuple(parents)

    def __add__(self, other: "Value") -> "Value":
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __sub__(self, other: "Value") -> "Value":
        return Value(self.data - other.data, [(self, 1.0), (other, -1.0)])

    def __mul__(self, other: "Value") -> "Value":
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def apply(self, operation: Callable[[Array], Op]) -> "Value":
        """The value of an operation on arrays, such as an activation, at this one number."""
        y, back = operation(np.array(self.data))
        return Value(float(y), [(self, float(back(np.array(1.0))))])

    def backward(self) -> None:
        """Set ``grad`` of every number this one depends on to d self / d number."""
        order = _topological(self)
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in value.parents:
                parent.grad += slope * value.grad  # += : a number used twice has two paths


def _topological(root: Value) -> list[Value]:
    order: list[Value] = []
    seen: set[int] = set()

    def visit(value: Value) -> None:
        if id(value) not in seen:
            seen.add(id(value))
            for parent, _ in value.parents:
                visit(parent)
            order.append(value)

    visit(root)
    return order
