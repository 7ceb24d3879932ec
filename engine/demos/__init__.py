"""The live demos, in the order of the subject. A new demo is one import and one entry here."""

from engine.demos import activations, gradient_depth
from engine.demos.result import Demo

ALL: tuple[Demo, ...] = (activations.DEMO, gradient_depth.DEMO)

DEMOS: dict[str, Demo] = {demo.slug: demo for demo in ALL}
