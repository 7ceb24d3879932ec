"""How OpenBLAS is set up: read from the environment once, when NumPy is first imported."""

import os
from pathlib import Path

AVX512 = {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}


def configure() -> None:
    """Ask for one thread and for one set of kernels; what the environment already says wins.

    One thread: the products are small, and a contended 128 x 128 product on two threads takes
    hundreds of times as long as on one. One set of kernels: OpenBLAS knows several for AVX-512
    and would pick by model, so that the last digits of a run would depend on the machine.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if _cpu_flags() >= AVX512:
        os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").splitlines()
    except OSError:  # not Linux: OpenBLAS chooses
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())
