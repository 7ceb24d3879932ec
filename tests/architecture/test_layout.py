"""What the import contracts cannot say: where things are, and that nothing else is there."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EDGES = sorted(p for p in (ROOT / "app").glob("*/*.py") if p.stem in {"routes", "pages"})
TOP_LEVEL = {
    *("app", "content", "engine", "migrations", "static", "tests"),
    *("LICENSE", "README.md", "pyproject.toml"),
}
MAX_LINES = 400


def tracked() -> list[Path]:
    """Return the Python files of the product and its tests."""
    return sorted(
        path
        for folder in ("app", "engine", "migrations", "tests")
        for path in (ROOT / folder).rglob("*.py")
    )


def imported(path: Path) -> set[str]:
    """Return the modules and the names that a file imports, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", EDGES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_routes_and_pages_never_query(path: Path) -> None:
    assert not {name for name in imported(path) if name.startswith("sqlalchemy.sql")}
    assert "sqlalchemy.select" not in imported(path)
    assert not any(name.endswith(".queries") for name in imported(path))


def test_only_the_database_module_commits() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        if path.name != "db.py":
            assert ".commit(" not in path.read_text(encoding="utf-8"), path


def test_only_the_settings_read_the_environment() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "settings.py":
            assert "os.environ" not in text, path
            assert "getenv" not in text, path


def test_modules_stay_short() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.parts[len(ROOT.parts)] in {"app", "engine"}
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert too_long == {}


def test_nobody_imports_tests_or_migrations() -> None:
    for path in tracked():
        if path.is_relative_to(ROOT / "tests"):
            continue
        assert not {n for n in imported(path) if n.split(".")[0] in {"tests", "migrations"}}, path


def test_the_content_is_data() -> None:
    assert not list((ROOT / "content").rglob("*.py"))


def test_the_top_level_holds_what_it_always_holds() -> None:
    made_by_tools = {
        p.name for p in ROOT.iterdir() if p.name.startswith(".") or p.name in {"uv.lock", "dist"}
    }
    assert {p.name for p in ROOT.iterdir()} - made_by_tools <= TOP_LEVEL
