"""The settings, and the only reader of the environment."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def shipped(name: str) -> Path:
    """Return the folder `name` from a checkout, or from the wheel that carries it in app/_data."""
    packaged = PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else CHECKOUT / name


def default_data_dir(platform: str = sys.platform) -> Path:
    """Return the folder beside the user's other application data."""
    home = Path.home()
    if platform == "win32":
        return home / "AppData" / "Local" / "ForwardPass"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "ForwardPass"
    return home / ".local" / "share" / "forwardpass"


def _listed(names: object) -> object:
    """Return a comma-separated text as its parts."""
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else names


class Settings(BaseSettings):
    """What an operator can set; each field is an environment variable FORWARDPASS_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="FORWARDPASS_", extra="ignore")

    data_dir: Path = Field(default_factory=default_data_dir)
    # What can be computed again: the maths font and the results of checks.
    cache_dir: Path = Field(default_factory=lambda data: data["data_dir"] / "cache")
    content_dir: Path = Field(default_factory=lambda: shipped("content"))
    database_url: str = ""
    max_body_bytes: int = 256 * 1024
    https: bool = False
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()
    log_level: Literal["info", "warning", "error"] = "warning"

    @property
    def sqlite_path(self) -> Path:
        """The embedded database's file."""
        return self.data_dir / "forwardpass.sqlite3"

    @property
    def uses_sqlite(self) -> bool:
        """Whether the embedded database serves, which is so unless another one is named."""
        return not self.database_url
