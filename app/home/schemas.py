"""What the forms in the page's frame send."""

from typing import Literal

from pydantic import BaseModel


class ThemeChoice(BaseModel):
    """How the pages are to look."""

    theme: Literal["light", "dark", "system"]
    next: str = "/"
