"""Work of fixed shapes on a GPU, captured once as a CUDA graph and replayed.

At batch 1 a network is hundreds of kernels of a few microseconds each, and launching them one by one takes
longer than running them. A graph is launched as a whole. It reads and writes fixed addresses: inputs are
copied to them, outputs are copied from them.
"""

import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Named = dict[str, Tensor]
Work = Callable[..., Named]

# Eager calls before the capture: kernels are selected, optimizers create their state, memory is allocated.
WARM_UP = 3


class Captured:
    """`work(*given)` as a CUDA graph; given: tensors or None, of the same number, shapes and types each time.

    work must not synchronize with the GPU, and must depend only on its arguments and on what it changes in
    place. Once captured it is not called again. If the capture fails, it warns and runs eagerly.
    """

    def __init__(self, work: Work):
        self.work = work
        self.calls = 0
        self.given: list[Tensor | None] = []
        self.replay: Callable[[], Named] | None = None

    def __call__(self, *given: Tensor | None) -> Named:
        self.calls += 1
        if self.calls <= WARM_UP:
            return on_side_stream(self.work, given)
        if self.calls == WARM_UP + 1:
            self.given = [None if tensor is None else tensor.clone() for tensor in given]
            try:
                self.replay = capture(self.work, self.given)
            except RuntimeError as error:
                reason = str(error).partition("\n")[0]
                warnings.warn(f"CUDA graph capture failed; running eagerly: {reason}", stacklevel=2)
        if self.replay is None:
            return self.work(*given)
        for kept, tensor in zip(self.given, given, strict=True):
            if kept is not None:
                kept.copy_(tensor)
        return {name: tensor.clone() for name, tensor in self.replay().items()}


def capture(work: Work, given: Sequence[Tensor | None]) -> Callable[[], Named]:
    """Capture work(*given) without running it; the returned function replays it on the current inputs."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = work(*given)

    def replay() -> Named:
        graph.replay()
        return found

    return replay


def on_side_stream(work: Work, given: Sequence[Tensor | None]) -> Named:
    """work(*given) on a side stream, as PyTorch requires of the warm-up before a capture."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        found = work(*given)
    torch.cuda.current_stream().wait_stream(stream)
    return found
