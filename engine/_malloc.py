"""How glibc hands out large arrays: kept for the next step instead of given back after each."""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # from malloc.h
KEPT = 32 << 20  # bytes; glibc accepts no larger threshold for maps


def configure(platform: str = sys.platform) -> bool:
    """Let the allocator keep up to 32 MB of freed memory; whether it agreed.

    A training step makes and drops the same arrays over and over. By default glibc returns
    those of 128 kB and more to the system at once, and each new one costs a page fault for every
    4 kB: a third of an LSTM's step, half of a batch norm's. Other systems, and C libraries
    without ``mallopt``, are left alone.
    """
    if not platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None)
    return hasattr(libc, "mallopt") and all(
        libc.mallopt(option, KEPT) for option in (M_MMAP_THRESHOLD, M_TRIM_THRESHOLD)
    )
