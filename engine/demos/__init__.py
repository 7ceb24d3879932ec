"""The live demos, in the order of the subject. A new demo is one import and one entry here."""

from engine.demos import activations, backprop_steps, dying_relu, gradient_depth
from engine.demos.result import Demo

ALL: tuple[Demo, ...] = (
    activations.DEMO,
    backprop_steps.DEMO,
    gradient_depth.DEMO,
    dying_relu.DEMO,
)

DEMOS: dict[str, Demo] = {demo.slug: demo for demo in ALL}
