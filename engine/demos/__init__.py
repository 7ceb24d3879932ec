"""The live demos, in the order of the subject. A new demo is one import and one entry here."""

from engine.demos import (
    activations,
    attention_masks,
    attention_scaling,
    backprop_steps,
    batch_vs_layer_norm,
    contrastive,
    convolution,
    dying_relu,
    gradient_check,
    gradient_depth,
    init_variance,
    losses,
    masked_vs_causal_lm,
    multi_head,
    neuron,
    pooling_shift,
    positional_encoding,
    receptive_field,
    recurrent_gradient,
    sampling_and_counts,
    symmetry_breaking,
    zero_shot,
)
from engine.demos.result import Demo

ALL: tuple[Demo, ...] = (
    neuron.DEMO,
    activations.DEMO,
    backprop_steps.DEMO,
    gradient_check.DEMO,
    gradient_depth.DEMO,
    init_variance.DEMO,
    symmetry_breaking.DEMO,
    dying_relu.DEMO,
    batch_vs_layer_norm.DEMO,
    convolution.DEMO,
    pooling_shift.DEMO,
    receptive_field.DEMO,
    recurrent_gradient.DEMO,
    attention_scaling.DEMO,
    attention_masks.DEMO,
    multi_head.DEMO,
    positional_encoding.DEMO,
    masked_vs_causal_lm.DEMO,
    losses.DEMO,
    contrastive.DEMO,
    zero_shot.DEMO,
    sampling_and_counts.DEMO,
)

DEMOS: dict[str, Demo] = {demo.slug: demo for demo in ALL}
