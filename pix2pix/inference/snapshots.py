"""The snapshots of one training run: a folder of checkpoints, one a step, with the run's loss curves.

checkpoints/facades-steps/config.json     the last step's config.json, with the list of "snapshots"
checkpoints/facades-steps/losses.json     {"step": [100, 200, …], "D": […], "G_gan": […], "G_l1": […]}
checkpoints/facades-steps/500/            a checkpoint: Translator("facades-steps/500")
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from pix2pix import checkpoints
from pix2pix.files import write_text

LOSSES = "losses.json"
FILES = ("config.json", "generator.safetensors", "discriminator.safetensors", checkpoints.MOMENTS)
CURVES = ("D", "D_real", "D_fake", "G_gan", "G_l1")  # what is kept of the log, where the objective has it


@dataclass(frozen=True)
class Snapshots:
    """folder: its checkpoints are folder/STEP. steps: ascending. losses: column → values; "step" is one."""

    folder: Path
    steps: tuple[int, ...]
    losses: dict[str, list[float]]

    def checkpoint(self, step: int) -> Path:
        """Folder of the checkpoint of `step`. ValueError lists the steps that there are."""
        if step not in self.steps:
            raise ValueError(f"no snapshot of step {step}; there are: {', '.join(map(str, self.steps))}")
        return self.folder / str(step)


def is_snapshots(folder: Path) -> bool:
    """Is this a folder that `export_snapshots` wrote?"""
    return (folder / LOSSES).is_file() and (folder / "config.json").is_file()


def available_snapshots() -> list[Path]:
    """Folders of snapshots among the shipped checkpoints, sorted."""
    return sorted(path.parent for path in checkpoints.root().glob(f"*/{LOSSES}") if is_snapshots(path.parent))


def load_snapshots(name: str | Path) -> Snapshots:
    """The snapshots called `name` among the checkpoints, or of that folder. ValueError if there are none."""
    folders = (checkpoints.root() / name, Path(name))
    folder = next((folder for folder in folders if is_snapshots(folder)), None)
    if folder is None:
        raise ValueError(
            f"no snapshots {str(name)!r} (in {checkpoints.root()}); train with --snapshots, then export them"
        )
    steps = checkpoints.load_settings(folder).get("snapshots", [])
    for step in steps:
        if not checkpoints.is_checkpoint(folder / str(step)):
            raise ValueError(f"{folder}: config.json lists step {step}, but {folder / str(step)} is missing")
    try:
        losses = json.loads((folder / LOSSES).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ValueError(f"{folder / LOSSES}: not the loss curves of a run ({error})") from None
    return Snapshots(folder, tuple(steps), losses)


def export_snapshots(run: Path, target: Path, wanted: str = "all") -> None:
    """Copy the snapshots of a run folder to `target`, with its loss curves.

    wanted: "all", or steps such as "0,100,80000". ValueError for a step that the run did not keep.
    """
    source = run / checkpoints.SNAPSHOTS
    kept = sorted(int(path.name) for path in source.glob("*") if path.name.isdecimal())
    if not kept:
        raise ValueError(f"{run}: no snapshots in it; expected a run of train.py --snapshots 0,100,…")
    asked = [str(step) for step in kept] if wanted == "all" else [s.strip() for s in wanted.split(",")]
    for told in asked:
        if not told.isdecimal() or int(told) not in kept:
            raise ValueError(f"{run}: no snapshot of step {told!r}; there are: {', '.join(map(str, kept))}")
    steps = sorted({int(told) for told in asked})
    for step in steps:
        (target / str(step)).mkdir(parents=True, exist_ok=True)
        for name in FILES:
            if (source / str(step) / name).is_file():
                shutil.copyfile(source / str(step) / name, target / str(step) / name)
    settings = {**checkpoints.load_settings(source / str(steps[-1])), "snapshots": steps}
    rows = [json.loads(line) for line in (run / "losses.jsonl").read_text(encoding="utf-8").splitlines()]
    columns = ("step", *(name for name in CURVES if all(name in row for row in rows)))
    lines = [f"{json.dumps(name)}: {json.dumps([row[name] for row in rows])}" for name in columns]
    write_text("{\n" + ",\n".join(lines) + "\n}\n", target / LOSSES)
    write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", target / "config.json")
