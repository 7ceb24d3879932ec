import platform
import subprocess
import sys
from pathlib import Path

import pytest

from engine import _blas, _malloc

AVX512 = "processor : 0\nflags : fpu avx512f avx512dq avx512bw avx512vl avx512cd\n"


@pytest.fixture
def cpu_info(tmp_path: Path) -> Path:
    return tmp_path / "cpuinfo"


def configured(cpu_info: Path, **environment: str) -> dict[str, str]:
    _blas.configure(environment, cpu_info)
    return environment


def test_the_engine_asks_for_one_thread(cpu_info: Path) -> None:
    assert configured(cpu_info) == {"OPENBLAS_NUM_THREADS": "1"}


def test_one_set_of_kernels_is_asked_for_where_the_processor_has_them(cpu_info: Path) -> None:
    cpu_info.write_text(AVX512)
    assert configured(cpu_info)["OPENBLAS_CORETYPE"] == "SkylakeX"
    cpu_info.write_text("flags : fpu sse avx2\n")
    assert "OPENBLAS_CORETYPE" not in configured(cpu_info)
    cpu_info.write_text("no such line\n")
    assert "OPENBLAS_CORETYPE" not in configured(cpu_info)


def test_what_the_environment_says_wins(cpu_info: Path) -> None:
    cpu_info.write_text(AVX512)
    said = {"OPENBLAS_NUM_THREADS": "3", "OPENBLAS_CORETYPE": "Haswell"}
    assert configured(cpu_info, **said) == said


def test_importing_the_package_alone_does_not_import_numpy() -> None:
    check = "import engine, sys; raise SystemExit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


def test_elsewhere_than_on_linux_the_allocator_is_left_alone() -> None:
    assert _malloc.configure("darwin") is False


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_glibc_keeps_the_memory_of_large_arrays() -> None:
    assert _malloc.configure() is True
