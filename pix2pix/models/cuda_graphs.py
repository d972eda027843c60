"""Work of fixed shapes on a GPU, recorded once as a CUDA graph and replayed.

At batch 1 a network is hundreds of kernels of a few microseconds, and a processor that launches them one by
one takes longer than they do. A graph is launched at once. It reads and writes fixed places in memory: what
goes in is copied to them, what comes out is copied from them.
"""

import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Named = dict[str, Tensor]
Work = Callable[..., Named]

# Calls that are made as they are: kernels are chosen, optimisers make their state, memory is found.
WARM_UP = 3


class Captured:
    """`work(*given)`, given tensors or None, whose number, shapes and types are the same at each call.

    work must not wait for the GPU and not depend on anything but what it is given and what it changes in
    place. It is not called any more once it is captured; where it cannot be, that is said once, and it is.
    """

    def __init__(self, work: Work):
        self.work = work
        self.calls = 0
        self.given: list[Tensor | None] = []
        self.replay: Callable[[], Named] | None = None

    def __call__(self, *given: Tensor | None) -> Named:
        self.calls += 1
        if self.calls <= WARM_UP:
            return beside(self.work, given)
        if self.calls == WARM_UP + 1:
            self.given = [None if tensor is None else tensor.clone() for tensor in given]
            try:
                self.replay = capture(self.work, self.given)
            except RuntimeError as error:
                reason = str(error).partition("\n")[0]
                warnings.warn(f"no CUDA graph here, kernels are launched one by one: {reason}", stacklevel=2)
        if self.replay is None:
            return self.work(*given)
        for kept, tensor in zip(self.given, given, strict=True):
            if kept is not None:
                kept.copy_(tensor)
        return {name: tensor.clone() for name, tensor in self.replay().items()}


def capture(work: Work, given: Sequence[Tensor | None]) -> Callable[[], Named]:
    """Record work(*given), which computes nothing yet; what is returned does, with what then lies there."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = work(*given)

    def replay() -> Named:
        graph.replay()
        return found

    return replay


def beside(work: Work, given: Sequence[Tensor | None]) -> Named:
    """work(*given) on a stream of its own, as the warm-up of a capture has to be."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        found = work(*given)
    torch.cuda.current_stream().wait_stream(stream)
    return found
