import os
import platform
import subprocess
import sys

import pytest

from engine import _malloc

SHOW = "import engine, os; print(os.environ['OPENBLAS_NUM_THREADS'])"


def threads(**environment: str) -> str:
    bare = {name: value for name, value in os.environ.items() if "OPENBLAS" not in name}
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=bare | environment, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def test_the_engine_asks_for_one_thread() -> None:
    assert threads() == "1"


def test_what_the_environment_says_wins() -> None:
    assert threads(OPENBLAS_NUM_THREADS="3") == "3"


def test_importing_the_package_alone_does_not_import_numpy() -> None:
    check = "import engine, sys; raise SystemExit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_elsewhere_than_on_linux_the_allocator_is_left_alone() -> None:
    assert _malloc.configure("darwin") is False


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_glibc_keeps_the_memory_of_large_arrays() -> None:
    assert _malloc.configure() is True
