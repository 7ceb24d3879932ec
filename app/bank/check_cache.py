"""Results of checks on disk: kept while the code that made them is the same."""

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from app.bank.engine_table import ENGINE_FOLDER

BANK_FOLDER = Path(__file__).parent
KIT_FOLDER = BANK_FOLDER.parent / "kit"
KIT_MODULES = ("yaml", "markdown", "maths", "maths_reading", "highlighting", "sanitising")
MAX_KEPT = 10_000


class CheckCache:
    """Two files in a folder: outcomes by hash of their question, facts of demo runs by setting.

    Without a folder nothing is kept. A file that cannot be read counts as empty.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.outcomes = self._read("checks.json", bank_hash())
        self.runs = self._read("runs.json", engine_hash())

    def save(self) -> None:
        """Write both files; a disk that is full or read-only costs time later, not the check."""
        self._write("checks.json", bank_hash(), self.outcomes)
        self._write("runs.json", engine_hash(), self.runs)

    def _read(self, name: str, made_by: str) -> dict[str, Any]:
        if self.folder is None:
            return {}
        try:
            kept = json.loads((self.folder / name).read_text(encoding="utf-8"))
            return dict(kept["entries"]) if kept["made_by"] == made_by else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _write(self, name: str, made_by: str, entries: Mapping[str, Any]) -> None:
        if self.folder is None:
            return
        kept = dict(list(entries.items())[-MAX_KEPT:])
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self.folder, delete=False, encoding="utf-8"
            ) as file:
                json.dump({"made_by": made_by, "entries": kept}, file)
            Path(file.name).replace(self.folder / name)
        except OSError:
            return


@cache
def engine_hash() -> str:
    """The engine and the NumPy that its runs were made by."""
    return _hash_of(sorted(ENGINE_FOLDER.rglob("*.py")), np.__version__, sys.version)


@cache
def bank_hash() -> str:
    """Everything that decides what a check finds."""
    kit = [KIT_FOLDER / f"{name}.py" for name in KIT_MODULES]
    return _hash_of([*sorted(BANK_FOLDER.rglob("*.py")), *kit], engine_hash())


def _hash_of(files: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256("\0".join(more).encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
