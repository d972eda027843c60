"""pix2pix import FILE NAME: its arguments and what it does. Imports torch when it runs."""

import argparse
import re
from pathlib import Path


def add_import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="FILE", type=Path, help="latest_net_G.pth or model.pict")
    parser.add_argument("name", metavar="NAME", help="of the new checkpoint; a folder's path puts it there")
    parser.add_argument("--discriminator", metavar="FILE", type=Path, help="latest_net_D.pth of the same run")
    parser.add_argument(
        "--no-dropout", action="store_true", help="the generator was trained without dropout (--no_dropout)"
    )


def run_import(given: argparse.Namespace) -> None:
    """Write the checkpoint. ValueError in one line for a file that is neither, or a name that is taken."""
    from pix2pix import checkpoints
    from pix2pix.cards import write_card
    from pix2pix.formats.foreign import save_imported
    from pix2pix.formats.pytorch_port import read_pytorch_port
    from pix2pix.formats.tensorflow_port import read_tensorflow_port

    name = Path(given.name).name
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise ValueError(f"NAME is {given.name!r}; expected letters, digits, dots, dashes and underscores")
    folder = checkpoints.root() / name if name == given.name else Path(given.name)
    dropout = 0.0 if given.no_dropout else 0.5
    if given.source.suffix == ".pict":
        if given.discriminator:
            raise ValueError("--discriminator belongs to latest_net_G.pth; a .pict file has none")
        found = read_tensorflow_port(given.source, dropout)
    elif given.source.suffix in (".pth", ".pt"):
        found = read_pytorch_port(given.source, given.discriminator, dropout)
    else:
        raise ValueError(f"{given.source}: expected latest_net_G.pth of the PyTorch port or a .pict file")
    save_imported(found, name, folder)
    write_card(folder)
    print(f"wrote {folder} ({found.source})")
