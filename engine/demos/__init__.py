"""The demos, one file each, and the registry of them."""

from engine.demos.result import Demo

DEMOS: dict[str, Demo] = {}
