"""Shapes, parameters and multiplications that can be counted without running anything.

Multiply-accumulates (MACs) count one multiplication with its addition; FLOPs count both, so
FLOPs = 2 x MACs. Papers and tools mix the two up, and a factor of 2 is the usual mistake.
"""

from collections.abc import Iterable


def dense_parameters(inputs: int, outputs: int, *, bias: bool = True) -> int:
    """inputs·outputs weights and one bias per output."""
    return outputs * (inputs + bias)


def conv_output_size(
    size: int, kernel: int, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Output length of a convolution or pooling: ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1.

    A window that would hang over the edge is dropped, hence the floor.
    """
    if min(size, kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError(
            f"size, kernel, stride and dilation must be at least 1 and padding at least 0; got "
            f"size {size}, kernel {kernel}, stride {stride}, padding {padding}, "
            f"dilation {dilation}"
        )
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if room < 0:
        raise ValueError(
            f"a kernel of {kernel} with dilation {dilation} spans {dilation * (kernel - 1) + 1} "
            f"pixels, but the padded input has only {size + 2 * padding}: add padding or take a "
            "smaller kernel"
        )
    return room // stride + 1


def conv_parameters(
    kernel: int, channels_in: int, channels_out: int, *, groups: int = 1, bias: bool = True
) -> int:
    """k·k·(C_in/groups) weights per kernel, C_out kernels; independent of the image's size.

    ``groups=channels_in`` is a depthwise convolution (Howard et al. 2017, arXiv:1704.04861).
    """
    if channels_in % groups or channels_out % groups:
        raise ValueError(
            f"groups must divide both channel counts; got {channels_in} in, {channels_out} out, "
            f"{groups} groups"
        )
    return channels_out * (kernel * kernel * (channels_in // groups) + bias)


def conv_macs(
    output_height: int,
    output_width: int,
    kernel: int,
    channels_in: int,
    channels_out: int,
    *,
    groups: int = 1,
) -> int:
    """Every weight is used once at every output pixel: H'·W' x the number of weights."""
    weights = conv_parameters(kernel, channels_in, channels_out, groups=groups, bias=False)
    return output_height * output_width * weights


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> list[int]:
    """Input pixels seen by one output after each layer, given as (kernel, stride, dilation).

    r_l = r_{l-1} + d(k − 1)·j_{l-1}, where the jump j is the product of the strides before
    (Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks").
    """
    fields, field, jump = [], 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
        fields.append(field)
    return fields


def rnn_parameters(inputs: int, hidden: int) -> int:
    """One recurrent gate: hidden·(inputs + hidden + 1), with a single bias vector."""
    return hidden * (inputs + hidden + 1)


def lstm_parameters(inputs: int, hidden: int) -> int:
    """Four gates of an RNN's size: 4·hidden·(inputs + hidden + 1).

    PyTorch keeps two bias vectors that are only ever added, and so counts 4·hidden more.
    """
    return 4 * rnn_parameters(inputs, hidden)


def gru_parameters(inputs: int, hidden: int, *, two_biases: bool = False) -> int:
    """Three gates of an RNN's size: 3·hidden·(inputs + hidden + 1).

    ``two_biases`` counts PyTorch's and cuDNN's variant, whose reset gate acts on U·h + b.
    """
    return 3 * (rnn_parameters(inputs, hidden) + two_biases * hidden)


def attention_parameters(d_model: int, *, bias: bool = False) -> int:
    """Four projections d x d (query, key, value, output), however many heads share them."""
    return 4 * dense_parameters(d_model, d_model, bias=bias)


def transformer_block_parameters(d_model: int, *, d_ff: int | None = None) -> int:
    """Attention, a feed-forward net of width 4d and two layer norms, all with biases.

    12·d² + 13·d for the usual d_ff = 4d.
    """
    d_ff = 4 * d_model if d_ff is None else d_ff
    feed_forward = dense_parameters(d_model, d_ff) + dense_parameters(d_ff, d_model)
    return attention_parameters(d_model, bias=True) + feed_forward + 4 * d_model


def gpt_parameters(*, vocabulary: int, context: int, layers: int, d_model: int) -> int:
    """A GPT-2: token and learned position embeddings, blocks, a final layer norm.

    The output layer is the token embedding again ("tied") and adds nothing: GPT-2 small has
    124,439,808 (Radford et al. 2019).
    """
    embeddings = (vocabulary + context) * d_model
    return embeddings + layers * transformer_block_parameters(d_model) + 2 * d_model


def gpt_flops_per_token(*, vocabulary: int, context: int, layers: int, d_model: int) -> int:
    """FLOPs of one forward pass, for each token of a full context.

    Twice the weights that multiply (12·d² a block and the output layer) plus 4·context·d a
    block for the scores and their use (Kaplan et al. 2020, arXiv:2001.08361, section 2.1).
    A training step costs three times this: the backward pass is two more products per product.
    """
    weights = 12 * layers * d_model * d_model + vocabulary * d_model
    return 2 * weights + 4 * layers * context * d_model


def kv_cache_bytes(*, context: int, layers: int, d_model: int, bytes_per_number: int = 2) -> int:
    """Keys and values of every token in every layer, kept so that they are computed once."""
    return 2 * context * layers * d_model * bytes_per_number
