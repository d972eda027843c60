"""From a run folder to a checkpoint folder: the weights, their card, and the table of all checkpoints.

Overwrites only what this command wrote: weights of the same task, cards and tables. Knows no networks.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pix2pix import checkpoints
from pix2pix.cards import is_written_here, write_card, write_table
from pix2pix.inference.snapshots import export_snapshots, is_snapshots

FILES = ("config.json", "generator.safetensors", "discriminator.safetensors", checkpoints.THUMB)
STATE = "state.safetensors"  # of a run that can be resumed; never part of a checkpoint


def export_run(run: Path, folder: Path, data: str | None = None, snapshots: str | None = None) -> str:
    """Copy a run's weights to `folder`, write their card; returns what was written, for the user.

    data: the run's training pairs, for the color statistics. snapshots: instead of the last weights those of
    these steps, such as "0,100", or "all". The table of all checkpoints is written where the folder above
    holds checkpoints. ValueError in one line where something else would be overwritten.
    """
    source = checkpoints.find(run)
    settings = checkpoints.load_settings(source)
    check_target(source, settings["task"], folder, is_snapshots if snapshots else checkpoints.is_checkpoint)
    if snapshots:
        export_snapshots(run, folder, snapshots)
    else:
        copy_weights(source, folder)
    if data:
        from pix2pix.evaluation.color_statistics import write_color_statistics

        write_color_statistics(folder, data)
    write_card(folder)
    above = folder.absolute().parent
    table = f"; the table of all is {write_table(above)}" if holds_checkpoints(above) else ""
    return f"wrote {folder}{table}"


def copy_weights(source: Path, folder: Path) -> None:
    """Copy a checkpoint's files to `folder`, each to a new file that is then renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if (source / name).is_file():
            fresh = folder / f"{name}.new"
            shutil.copyfile(source / name, fresh)
            os.replace(fresh, folder / name)
        else:
            (folder / name).unlink(missing_ok=True)  # a discriminator of an earlier run


def check_target(source: Path, task: str, folder: Path, is_ours: Callable[[Path], bool]) -> None:
    """ValueError where `folder` is the run itself, another run, or holds another checkpoint or files."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: is a file; expected a folder to write the checkpoint to")
    if not folder.is_dir():
        return
    if folder.samefile(source):
        raise ValueError(f"{folder}: is the run itself; name another folder, such as checkpoints/{task}")
    if (folder / STATE).exists():
        raise ValueError(f"{folder}: holds a training run; name another folder, such as checkpoints/{task}")
    found = [path for path in folder.iterdir() if not path.name.startswith(".")]
    if not found:
        return
    if not is_ours(folder):
        raise ValueError(
            f"{folder}: holds {len(found)} other files or folders; expected a new or empty folder, such as "
            f"{folder / task}"
        )
    readme = folder / "README.md"
    if readme.exists() and not is_written_here(readme):
        raise ValueError(f"{readme}: was not written by this command; move it, or name another folder")
    theirs = checkpoints.load_settings(folder).get("task")
    if theirs != task:
        raise ValueError(
            f"{folder}: holds the checkpoint of {theirs}, and the run is of {task}; name another folder, or "
            "remove that one first"
        )


def holds_checkpoints(folder: Path) -> bool:
    """Whether a table of checkpoints belongs there: the shipped folder, one called checkpoints, or one that

    has a table. What else is called README.md stays.
    """
    readme = folder / "README.md"
    if readme.exists():
        return is_written_here(readme)
    named = folder.name == "checkpoints"
    return named or (folder.exists() and checkpoints.root().exists() and folder.samefile(checkpoints.root()))
