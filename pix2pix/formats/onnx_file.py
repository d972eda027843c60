"""A checkpoint's generator as an ONNX file: G(x, z) with the noise z as inputs, so that seeds are kept.

The graph is built node by node from the checkpoint's own tensors: int8 weights stay int8 in the file and are
scaled by DequantizeLinear, so the file is no larger than the checkpoint. Needs onnx, an extra of the package
([export]); onnxruntime only runs the result.

Inputs, float32, N free: real_a (N, C, S, S) in [-1, 1]; z0, z1, z2 (N, C, H, W), masks of 0 and 1/(1 - rate)
as `UNetGenerator.draw_noise` makes them, ones for no noise. Output: fake_b (N, C, S, S) in [-1, 1].
"""

import json
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pix2pix import checkpoints
from pix2pix.models.generator import LEAKY_SLOPE, InstanceNorm, UNetGenerator

OPSET, IR_VERSION = 21, 10  # of ONNX 1.17; onnxruntime 1.20 and later run them
EPSILON = 1e-5  # of torch's norms
GEOMETRY = {"kernel_shape": [4, 4], "strides": [2, 2], "pads": [1, 1, 1, 1]}


class Graph:
    """Nodes and weights of an ONNX graph while it is built."""

    def __init__(self, weights: dict[str, Tensor]):
        import onnx
        from onnx import helper, numpy_helper

        self.onnx, self.helper, self.numpy_helper = onnx, helper, numpy_helper
        self.weights = weights
        self.nodes: list[Any] = []
        self.stored: list[Any] = []

    def add(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        """One node; returns the name of its output."""
        self.nodes.append(self.helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def store(self, tensor: Tensor, name: str) -> str:
        self.stored.append(self.numpy_helper.from_array(tensor.contiguous().numpy(), name))
        return name

    def weight(self, name: str, axis: int = 0) -> str:
        """A tensor of the checkpoint as float32. axis: of an int8 tensor's scales, one an output channel."""
        tensor = self.weights[name]
        if tensor.dtype == torch.int8:
            stored = self.store(tensor, f"{name}.int8")
            scale = self.store(self.weights[name + checkpoints.SCALE].float(), f"{name}.scale")
            return self.add("DequantizeLinear", [stored, scale], name, axis=axis)
        if tensor.dtype == torch.float16 and tensor.dim() == 4:
            stored = self.store(tensor, f"{name}.half")
            return self.add("Cast", [stored], name, to=self.onnx.TensorProto.FLOAT)
        return self.store(tensor.float(), name)


def build_model(folder: Path) -> Any:
    """The ONNX model of the generator in a checkpoint folder. Raises ValueError for a damaged checkpoint."""
    settings = checkpoints.load_settings(folder)
    generator = checkpoints.load_generator(folder)  # checks that weights and settings fit
    graph = Graph(checkpoints.read_tensors(folder / "generator.safetensors")[0])
    decode(graph, generator, encode(graph, generator))
    helper, floats, side = graph.helper, graph.onnx.TensorProto.FLOAT, generator.image_size
    shapes = {"real_a": (generator.down_convs[0].in_channels, side, side)}
    shapes |= {f"z{k}": shape for k, shape in enumerate(generator.noise_shapes())}
    inputs = [helper.make_tensor_value_info(n, floats, ["N", *shape]) for n, shape in shapes.items()]
    out_channels = generator.up_convs[-1].out_channels
    output = helper.make_tensor_value_info("fake_b", floats, ["N", out_channels, side, side])
    made = helper.make_graph(graph.nodes, settings["task"], inputs, [output], graph.stored)
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="pix2pix-studio",
    )
    told = {key: settings[key] for key in ("task", "input_kind", "output_kind")}
    helper.set_model_props(model, {**told, "generator": json.dumps(settings["generator"])})
    graph.onnx.checker.check_model(model)
    return model


def encode(graph: Graph, generator: UNetGenerator) -> list[str]:
    """Names of what each encoder layer leaves, as `UNetGenerator.encode` returns them."""
    features: list[str] = []
    x = "real_a"
    for level, (conv, norm) in enumerate(zip(generator.down_convs, generator.down_norms, strict=True)):
        name = f"down{level}"
        if features:
            x = graph.add("LeakyRelu", [x], f"{name}.activated", alpha=LEAKY_SLOPE)
        inputs = [x, graph.weight(f"down_convs.{level}.weight")]
        if conv.bias is not None:
            inputs.append(graph.weight(f"down_convs.{level}.bias"))
        x = graph.add("Conv", inputs, f"{name}.conv", **GEOMETRY)
        x = normed(graph, norm, x, f"down_norms.{level}", name)
        features.append(x)
    return features


def decode(graph: Graph, generator: UNetGenerator, features: list[str]) -> None:
    """From the features to fake_b, as `UNetGenerator.decode` does it."""
    x = features[-1]
    for level, (conv, norm) in enumerate(zip(generator.up_convs, generator.up_norms, strict=True)):
        name = f"up{level}"
        x = graph.add("Relu", [x], f"{name}.activated")
        if generator.skips and level > 0:
            skip = graph.add("Relu", [features[-1 - level]], f"{name}.skip")
            x = graph.add("Concat", [x, skip], f"{name}.both", axis=1)
        inputs = [x, graph.weight(f"up_convs.{level}.weight", axis=1)]
        if conv.bias is not None:
            inputs.append(graph.weight(f"up_convs.{level}.bias"))
        x = graph.add("ConvTranspose", inputs, f"{name}.conv", **GEOMETRY)
        x = normed(graph, norm, x, f"up_norms.{level}", name)
        if level in generator.noisy_layers:
            x = graph.add("Mul", [x, f"z{generator.noisy_layers.index(level)}"], f"{name}.noisy")
    graph.add("Tanh", [x], "fake_b")


def normed(graph: Graph, norm: torch.nn.Module, x: str, weights: str, name: str) -> str:
    if not isinstance(norm, InstanceNorm):
        return x
    inputs = [x, graph.weight(f"{weights}.weight"), graph.weight(f"{weights}.bias")]
    return graph.add("InstanceNormalization", inputs, f"{name}.norm", epsilon=EPSILON)


def export_onnx(folder: Path, path: Path) -> None:
    """Write a checkpoint's generator as PATH.onnx: to a new file, then renamed. ValueError for others."""
    if path.suffix != ".onnx":
        raise ValueError(f"{path}: expected a file name that ends in .onnx")
    content = build_model(folder).SerializeToString(deterministic=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content)
    os.replace(fresh, path)
