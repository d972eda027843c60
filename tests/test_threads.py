"""--threads is a number of this machine's processors, wherever it is an option."""

import argparse
import os

import pytest
import torch

from pix2pix import devices
from pix2pix.cli import load_bench, main


@pytest.mark.parametrize("count", [-1, 1000, (os.cpu_count() or 1) + 1])
def test_more_threads_than_processors_are_refused(count):
    before = torch.get_num_threads()
    with pytest.raises(ValueError, match=rf"--threads is {count}; expected 0 .* to {os.cpu_count()}"):
        devices.set_threads(count)
    assert torch.get_num_threads() == before
    devices.set_threads(0)
    assert torch.get_num_threads() == before


def test_every_command_that_has_the_option_checks_it(tmp_path, shipped, capsys):
    bench = load_bench()
    with pytest.raises(ValueError, match="--threads is -1"):
        bench.run(argparse.Namespace(threads=-1, turns=1))
    with pytest.raises(ValueError, match="--turns is 0; expected 1 or more"):
        bench.run(argparse.Namespace(threads=0, turns=0))
    assert main(["train", "--threads", "-1", "--data", str(tmp_path), "--out", str(tmp_path / "run")]) == 2
    assert "--threads is -1; expected 0 to 4096" in capsys.readouterr().err
