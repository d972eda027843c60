"""Model cards: what a checkpoint's README.md says, and the sheet of eight results in it.

Every number comes from config.json and every sentence from the recipe table; nothing is typed in by hand.
"""

import html
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pix2pix import checkpoints
from pix2pix.config import HOW_IT_IS_COMPUTED, flag
from pix2pix.data.recipes import RECIPES, Recipe, recipe_config
from pix2pix.examples import example_paths
from pix2pix.files import write_text
from pix2pix.images import contact_sheet, image_to_input, input_to_rgb, load_image, tensor_to_pil
from pix2pix.inference import Translator
from pix2pix.models.discriminators import receptive_field
from pix2pix.tasks import TASKS, base_task

SHEET = "sheet.jpg"
TABLE_HEAD = "# Checkpoints\n\nWritten by `python -m pix2pix cards` from each folder's config.json.\n"
CARD_MARKS = ("| generator |", "python -m pix2pix export runs/")  # what every card says
DATA = "card.json"
"""What a card says of data, license, use and looks, for programs; the README is for readers."""
SHOWN = 8
# Values with which a setting changes nothing, where that is not False.
NEUTRAL: dict[str, Any] = {"ema": 0.0, "lambda_perceptual": 0.0, "simplify": "", "stretch": 1.0}


def write_card(folder: Path) -> None:
    """Write README.md and the sheet for the checkpoint in `folder`, from its config.json and its recipe.

    A folder of snapshots has one card: of the last step, with a sheet of all.
    """
    settings = checkpoints.load_settings(folder)
    name = settings["task"]
    if steps := settings.get("snapshots"):
        drawn, told = (
            write_steps_sheet(folder, name),
            f"Own drawings, then steps {', '.join(map(str, steps))}",
        )
    else:
        drawn, told = write_sheet(folder, name), "Eight of the project's own inputs and what came of them"
    shown = f"![{told}]({SHEET})\n\n" if drawn else ""
    recipe = RECIPES.get(name, Recipe(()))
    readme = folder / "README.md"
    if readme.exists() and not is_written_here(readme):
        raise ValueError(f"{readme}: was not written by this program; move it, then write the card again")
    write_text(card_text(folder, settings, recipe, shown), readme)
    write_card_data(folder, recipe)


def is_written_here(readme: Path) -> bool:
    """Whether a README.md is a card or a table of this file's: only such a one is ever written over."""
    text = readme.read_text(encoding="utf-8", errors="replace")
    return text.startswith(TABLE_HEAD) or all(mark in text for mark in CARD_MARKS)


def write_card_data(folder: Path, recipe: Recipe) -> None:
    """Write card.json: data, license, use and seen, one line each."""
    said = {
        "data": recipe.data_note,
        "license": recipe.licence,
        "use": recipe.use,
        "seen": recipe.seen,
    }
    write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", folder / DATA)


def write_sheet(folder: Path, name: str) -> bool:
    """The first eight examples with their pictures, unpicked, two pairs a row. False where there are none."""
    paths = example_paths(base_task(name))[:SHOWN]
    if not paths:
        return False
    translator = Translator(folder)
    cells = []
    for seed, path in enumerate(paths):
        image = load_image(path)
        seen = input_to_rgb(
            image_to_input(image, translator.input_kind, translator.side), translator.input_kind
        )
        cells += [tensor_to_pil(seen), translator.translate(image, seed)]
    rows = [cells[i : i + 4] for i in range(0, len(cells), 4)]
    contact_sheet(rows, side=192).save(folder / SHEET, quality=88)
    return True


def write_steps_sheet(folder: Path, name: str) -> bool:
    """The first four examples, each followed by the picture of every snapshot. False where there are none."""
    images = [load_image(path) for path in example_paths(base_task(name))[: SHOWN // 2]]
    if not images:
        return False
    rows = [[image] for image in images]
    for step in checkpoints.load_settings(folder)["snapshots"]:
        translator = Translator(folder / str(step))
        for row, image in zip(rows, images, strict=True):
            row.append(translator.translate(image))
    contact_sheet(rows, side=128).save(folder / SHEET, quality=88)
    return True


def harmless(value: Any) -> Any:
    """Settings whose texts are only texts in Markdown and HTML: a checkpoint comes from anywhere."""
    if isinstance(value, dict):
        return {harmless(name): harmless(each) for name, each in value.items()}
    if isinstance(value, list):
        return [harmless(each) for each in value]
    if not isinstance(value, str):
        return value
    text = html.escape(" ".join(value.split()), quote=False)
    return text.replace("`", "'").replace("|", "&#124;").replace("[", "&#91;").replace("]", "&#93;")


def card_text(folder: Path, settings: dict[str, Any], recipe: Recipe, shown: str) -> str:
    settings = harmless(settings)
    name, training = settings["task"], settings["training"]
    task = TASKS.get(base_task(name))
    run = settings["recipe"]
    losses = ", ".join(f"{part} {value}" for part, value in training.get("losses", {}).items())
    ours = {
        "ema": f"an exponential moving average of G's weights (decay {run.get('ema', 0)}) is what is shipped",
        "place": "pairs are laid on a white page at any scale, shift and tilt instead of the 286→256 crop",
        "antialias": "D low-passes before each stride, and the kernels of G's outer up-convolutions are kept "
        "smooth (anti-aliasing, Zhang 2019)",
        "lambda_perceptual": "a perceptual loss in addition to L1 (SqueezeNet feature maps, "
        "Johnson et al. 2016)",
        "color_wish": "G and D are given the photo's main color in three of four pairs",
        "simplify": "label maps are simplified at random as visitors paint them, and houses stand elsewhere "
        "in their frame",
        "stretch": "the photos' levels are stretched, since the set is dark",
        "augment": "what D sees is recolored, shifted and partly covered (differentiable augmentation, "
        "Zhao et al. 2020)",
        "balance": "pairs of rare colors come nearly as often as those of common ones",
        "portrait": "the face is cut out (watershed on the edges) and put on white, lines outside of it are "
        "dropped, and whiskers are at times drawn on",
    }
    beyond = [text for key, text in ours.items() if run.get(key, NEUTRAL.get(key)) != NEUTRAL.get(key, False)]
    if run["pairs"] in ("soft-edges", "lines", "edges"):
        beyond.append(
            "lines vary from sample to sample: threshold, width 1–5 px, small marks dropped, gaps, wobble"
        )
    generator = settings["generator"]
    export = ""
    if steps := settings.get("snapshots"):
        export = f" --snapshots {','.join(map(str, steps))}"
    begun = ""
    if run.get("start_from"):
        begun = f" from the weights of {run['start_from']} ({training.get('steps_before', '?')} steps)"
    made_by = [
        f"python train.py --task {name} --data DATA --out runs/{name}{other_settings(run)}",
        f"python -m pix2pix export runs/{name} checkpoints/{name}{export}",
    ]
    told = "Other than in the paper: " + "; ".join(beyond) + "." if beyond else "The paper's own recipe."
    if imported := training.get("imported"):
        made_by, told = [f"pix2pix import FILE {name}"], f"Imported: {imported}. The run is not known."
    lines = [
        f"# {name}",
        "",
        f"{task.title}: {task.line}" if task else "A pix2pix checkpoint.",
        "",
        shown.rstrip("\n"),
        "",
        "| | |",
        "|---|---|",
        f"| data | {recipe.data_note or 'own pairs'} |",
        f"| licence of the data | {recipe.licence or 'as the data'} |",
        f"| use | {recipe.use} |",
        f"| generator | {'U-Net' if generator['skips'] else 'encoder-decoder'} {generator['image_size']}, "
        f"ngf {generator['ngf']}, dropout {generator['dropout']} |",
        f"| discriminator | {discriminator_line(folder, settings)} |",
        f"| objective | {objective_line(run)} |",
        f"| run | {training.get('steps', '?')} steps{begun}, batch {run['batch_size']}, seed {run['seed']}, "
        f"Adam {run['learning_rate']:g} ({run['beta1']:g}, {run['beta2']:g}) |",
        f"| machine | {training.get('machine', '?')} |",
        f"| losses, mean of the last 100 steps | {losses or '?'} |",
        f"| size | {folder_size(folder) / 1e6:.1f} MB (int8 convolutions) |",
        "",
        told,
        "",
        *([recipe.seen, ""] if recipe.seen else []),
        "Made by",
        "",
        "```",
        *made_by,
        "```",
        "",
    ]
    return "\n".join(lines)


def objective_line(run: dict[str, Any]) -> str:
    """ "l1+cgan, λ = 100", and the weight of the perceptual loss where there is one."""
    perceptual = f", perceptual loss × {run['lambda_perceptual']:g}" if run.get("lambda_perceptual") else ""
    return f"{run['objective']}, λ = {run['lambda_l1']:g}{perceptual}"


def other_settings(run: dict[str, Any]) -> str:
    """What the command of a run named besides task, data and out: " --steps 24000 --augment"."""
    recipe = asdict(recipe_config(run.get("task", "custom")))
    told = ""
    if run.get("snapshots", "") != recipe["snapshots"]:
        told += f" --snapshots {run['snapshots']}"
    for name, value in run.items():
        if name in HOW_IT_IS_COMPUTED or value == recipe.get(name, value):
            continue
        if isinstance(value, bool):
            told += f" --{flag(name)}" if value else f" --no-{flag(name)}"
        else:
            told += f" --{flag(name)} {value:g}" if isinstance(value, float) else f" --{flag(name)} {value}"
    return told


def discriminator_line(folder: Path, settings: dict[str, Any]) -> str:
    if steps := settings.get("snapshots"):
        folder = folder / str(steps[-1])
    if not (folder / "discriminator.safetensors").is_file():
        return "none"
    size, width = settings["discriminator"]["n_layers"], settings["discriminator"]["ndf"]
    return f"{receptive_field(size)}×{receptive_field(size)}, ndf {width}"


def folder_size(folder: Path) -> int:
    """Bytes of the weights in a checkpoint folder, of all its snapshots where it has them."""
    return sum(path.stat().st_size for path in folder.rglob("*.safetensors"))


def write_table(root: Path) -> Path:
    """checkpoints/README.md: one row a checkpoint, from the configs. ValueError where it is another file."""
    readme = root / "README.md"
    if readme.exists() and not is_written_here(readme):
        raise ValueError(f"{readme}: is not a table of checkpoints and stays as it is; move it first")
    rows = []
    for path in sorted(root.glob("*/config.json")):
        try:
            settings = harmless(checkpoints.load_settings(path.parent))
        except ValueError:  # of another kind of network, such as the segmenter's
            continue
        name, run = settings["task"], settings["recipe"]
        recipe = RECIPES.get(name, Recipe(()))
        l1 = settings["training"].get("losses", {}).get("G_l1", "–")
        discriminator = discriminator_line(path.parent, settings)
        rows.append(
            f"| [{name}]({name}/README.md) | {discriminator} | {run['objective']} | {run['ngf']} "
            f"| {checkpoints.steps_trained(settings) or '–'} | {l1} | {folder_size(path.parent) / 1e6:.1f} "
            f"| {recipe.use} |"
        )
    text = (
        TABLE_HEAD + "\n"
        "| checkpoint | D | objective | ngf | steps | L1 (training) | MB | use |\n"
        "|---|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )
    write_text(text, readme)
    return readme
