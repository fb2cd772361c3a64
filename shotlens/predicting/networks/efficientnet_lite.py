"""EfficientNet-Lite2: like MobileNetV2, but wider and deeper, and without the parts that are slow on a CPU.

Tan and Le 2019; the Lite variants are from TensorFlow's `tpu/models/official/efficientnet/lite`: no squeeze and
excitation, ReLU6, and an unscaled stem and head.
"""

from typing import Any, NamedTuple

from shotlens.predicting.networks.backend import keras

layers = keras.layers

STEM, HEAD = 32, 1280  # channels


class Stage(NamedTuple):
    """Consecutive blocks, the first of which changes the channels and may halve the resolution."""

    blocks: int
    channels: int
    kernel: int
    stride: int
    growth: int  # expansion factor of the channels within a block


LITE2 = (
    Stage(1, 16, 3, 1, 1),
    Stage(3, 24, 3, 2, 6),
    Stage(3, 48, 5, 2, 6),
    Stage(4, 88, 3, 2, 6),
    Stage(4, 120, 5, 1, 6),
    Stage(5, 208, 5, 2, 6),
    Stage(1, 352, 3, 1, 6),
)


def efficientnet_lite2(*, input_shape: tuple[int, int, int], include_top: bool, weights: None) -> keras.Model:
    """Build the network (H, W, 3) in -1..1 -> (H/32, W/32, 1280). Block n ends in the layer `block_<n>_add` or `_bn`.

    Has the signature of `keras.applications` networks, but no top and no pretrained weights. The weights are in layer
    order: the kernel of each convolution, then the four arrays of its normalisation.
    """
    assert not include_top
    assert weights is None
    picture = keras.Input(input_shape)
    features = _convolved(picture, "stem", STEM, kernel=3, stride=2)
    number = 0
    for stage in LITE2:
        for repeat in range(stage.blocks):
            features = _block(features, f"block_{number}", stage, stage.stride if repeat == 0 else 1)
            number += 1
    return keras.Model(picture, _convolved(features, "head", HEAD), name="efficientnet_lite2")


def _block(features: Any, name: str, stage: Stage, stride: int) -> Any:
    """Expand, convolve depthwise, and project; the input is added if it has the same shape (inverted residual)."""
    inner = features
    if stage.growth > 1:
        inner = _convolved(inner, f"{name}_grow", stage.growth * features.shape[-1])
    depthwise = layers.DepthwiseConv2D(stage.kernel, stride, padding="same", use_bias=False, name=f"{name}_around")
    inner = layers.ReLU(6.0)(_normalised(depthwise(inner), f"{name}_around"))
    inner = layers.Conv2D(stage.channels, 1, use_bias=False, name=f"{name}_shrink")(inner)
    inner = _normalised(inner, name)
    same = stride == 1 and features.shape[-1] == stage.channels
    return layers.Add(name=f"{name}_add")([inner, features]) if same else inner


def _convolved(features: Any, name: str, channels: int, kernel: int = 1, stride: int = 1) -> Any:
    convolution = layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False, name=name)
    return layers.ReLU(6.0)(_normalised(convolution(features), name))


def _normalised(features: Any, name: str) -> Any:
    return layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(features)
