"""How OpenBLAS is set up: it reads the environment once, when NumPy is first imported."""

import os
from collections.abc import MutableMapping
from pathlib import Path

AVX512 = {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}
CPU_INFO = Path("/proc/cpuinfo")


def configure(
    environment: MutableMapping[str, str] = os.environ, cpu_info: Path = CPU_INFO
) -> None:
    """Ask for one thread and for one set of kernels; what the environment already says wins.

    One thread: the products are small, and a contended 128 x 128 product on two threads takes
    hundreds of times as long as on one. One set of kernels: OpenBLAS knows several for AVX-512
    and would pick by model, so that the last digits of a run would depend on the machine.
    """
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    if cpu_flags(cpu_info) >= AVX512:
        environment.setdefault("OPENBLAS_CORETYPE", "SkylakeX")


def cpu_flags(cpu_info: Path) -> set[str]:
    """What the first processor can do, as Linux tells it; elsewhere OpenBLAS chooses."""
    if not cpu_info.exists():
        return set()
    with cpu_info.open(encoding="ascii", errors="ignore") as lines:
        return next((set(line.split()) for line in lines if line.startswith("flags")), set())
