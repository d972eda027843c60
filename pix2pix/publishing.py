"""A checkpoint as a repository on the Hub: its files, and a card with the metadata that the Hub reads.

`pix2pix publish NAME owner/name`. The card is the checkpoint's own, with a head in YAML and example inputs.
"""

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pix2pix import checkpoints, hub
from pix2pix.data.recipes import RECIPES, Recipe
from pix2pix.examples import example_paths
from pix2pix.files import write_text
from pix2pix.tasks import TASKS, base_task

SHOWN = 3  # example inputs for the Hub's own widget
# What a data set's licence is called on the Hub; anything else, or more than one, is "other".
LICENCES = {
    "CC BY-NC 4.0": "cc-by-nc-4.0",
    "CC BY-SA 4.0": "cc-by-sa-4.0",
    "CC BY 4.0": "cc-by-4.0",
}


def publish(name: str, repository: str, private: bool = False, datasets: Sequence[str] = ()) -> str:
    """Upload the checkpoint called `name`; returns the repository's address. ValueError in one line.

    datasets: owner/name on the Hub of what it was trained on, for the card.
    """
    for told in datasets:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", told):
            raise ValueError(f"--dataset is {told!r}; expected owner/name of a data set on the Hub")
    folder = checkpoints.find(name)
    with tempfile.TemporaryDirectory() as temporary:
        prepared = Path(temporary) / "checkpoint"
        prepare(folder, prepared, repository, datasets)
        return hub.upload(prepared, repository, private=private or None, files=None)


def prepare(folder: Path, target: Path, repository: str, datasets: Sequence[str] = ()) -> None:
    """Copy what belongs to a checkpoint to `target`, with the Hub's card and examples."""
    target.mkdir(parents=True)
    for pattern in hub.FILES:
        for path in folder.glob(pattern):
            if path.name != "state.safetensors":
                shutil.copyfile(path, target / path.name)
    task = checkpoints.load_settings(folder)["task"]
    shown = example_paths(base_task(task))[:SHOWN]
    for path in shown:
        (target / "examples").mkdir(exist_ok=True)
        shutil.copyfile(path, target / "examples" / path.name)
    card = folder / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else f"# {task}\n\nA pix2pix checkpoint.\n"
    if text.startswith("---"):
        text = text.partition("---")[2].partition("\n---")[2].lstrip("\n")
    write_text(
        f"{head(task, [path.name for path in shown], datasets)}\n{text}{how_to_use(repository)}",
        target / "README.md",
    )


def head(task: str, examples: list[str], datasets: Sequence[str]) -> str:
    """The card's YAML."""
    recipe = RECIPES.get(task, Recipe(()))
    title = TASKS[base_task(task)].title if base_task(task) in TASKS else task
    lines = ["---", "pipeline_tag: image-to-image", "library_name: pix2pix-studio"]
    licence = licence_id(recipe.licence)
    lines.append(f"license: {licence}")
    if licence == "other":
        lines.append("license_name: as-the-training-data")
    lines += ["tags:", *(f"- {tag}" for tag in ("pix2pix", "image-to-image", "gan", "arxiv:1611.07004"))]
    if datasets:
        lines += ["datasets:", *(f"- {told}" for told in datasets)]
    if examples:
        lines.append("widget:")
        for name in examples:
            lines += [f"- src: examples/{name}", f"  example_title: {quoted(title)}"]
    return "\n".join([*lines, "---", ""])


def licence_id(told: str) -> str:
    """The Hub's name of a licence told in a recipe; "other" for several, or none that is known."""
    named = set(re.findall(r"CC BY(?:-NC)?(?:-SA)?(?: \d\.\d)?", told))
    known = {LICENCES[name] for name in named if name in LICENCES}
    more = ";" in told or len(named) != 1
    return known.pop() if len(known) == 1 and not more else "other"


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def how_to_use(repository: str) -> str:
    return f"""
Use it

```python
from pix2pix.inference import Translator

translator = Translator.from_pretrained("{repository}")
image = translator.translate(drawing, seed=0)
```
"""
