"""A small neural-network library in NumPy and the demos that are built on it.

An operation is one function that returns its value and its backward function, so that a
formula and its derivative stand on one screen and share their locals::

    y, back = linear(x, W, b)
    dx, dW, db = back(dy)

Everything is float64, and every run is a pure function of its parameters and its seed.
"""

from engine import _blas, _malloc

_blas.configure()  # must run before the first import of NumPy in the process
_malloc.configure()
