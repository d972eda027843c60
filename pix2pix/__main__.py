"""The command line: python -m pix2pix translate | export | cards | evaluate.

A user's mistake is one line on stderr and exit code 2.
"""

import argparse
import shutil
import sys
from pathlib import Path

from tqdm import tqdm

from pix2pix import checkpoints
from pix2pix.images import load_image
from pix2pix.inference import DEFAULT_SEED, Translator

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def main(arguments: list[str] | None = None) -> int:
    parser = build_parser()
    given = parser.parse_args(arguments)
    try:
        given.run(given)
    except (ValueError, OSError) as error:
        print(f"pix2pix {given.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("pix2pix", description="Translate pictures, and look after checkpoints.")
    commands = parser.add_subparsers(dest="command", required=True)

    translate = commands.add_parser("translate", help="translate a picture, or every picture in a folder")
    translate.add_argument("source", metavar="IN", type=Path, help="a picture, or a folder of pictures")
    translate.add_argument("target", metavar="OUT", type=Path, help="the picture, or folder, to write")
    translate.add_argument(
        "--task", default="facades", help="whose checkpoint: " + ", ".join(checkpoints.available())
    )
    translate.add_argument("--checkpoint", type=Path, help="a checkpoint's folder, instead of --task")
    translate.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the dropout noise")
    translate.add_argument("--device", default="auto", help="auto, cpu or cuda")
    translate.set_defaults(run=run_translate)

    export = commands.add_parser("export", help="make a checkpoint folder, with its card, from a run")
    export.add_argument("source", metavar="RUN", type=Path, help="run folder written by train.py")
    export.add_argument("target", metavar="FOLDER", type=Path, help="such as checkpoints/facades")
    export.add_argument("--data", help="its training pairs: keeps their colour statistics beside the weights")
    export.set_defaults(run=run_export)

    cards = commands.add_parser("cards", help="write every checkpoint's card, and the table of all, anew")
    cards.set_defaults(run=run_cards)

    from pix2pix.evaluation import command

    evaluate = commands.add_parser("evaluate", help="score façade checkpoints as the paper does")
    command.add_arguments(evaluate)
    evaluate.set_defaults(run=command.run)
    return parser


def run_translate(given: argparse.Namespace) -> None:
    jobs = translate_jobs(given.source, given.target)
    translator = Translator(given.checkpoint or given.task, given.device)
    failed = []
    for source, target in tqdm(jobs, unit="picture", disable=len(jobs) == 1):
        try:
            picture = translator.translate(load_image(source), given.seed)
        except ValueError as error:
            failed.append(str(error))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # A new file, then a rename: a run that is stopped leaves no half picture.
        fresh = target.with_name(f".{target.stem}.new{target.suffix}")
        picture.save(fresh)
        fresh.replace(target)
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise ValueError(failed[0] + more)


def translate_jobs(source: Path, target: Path) -> list[tuple[Path, Path]]:
    """(picture to read, picture to write) for a file or a folder. ValueError names what is wrong."""
    if source.is_dir():
        pictures = sorted(path for path in source.iterdir() if path.suffix.lower() in PICTURES)
        if not pictures:
            raise ValueError(f"{source}: no pictures in this folder")
        return [(path, target / f"{path.stem}.png") for path in pictures]
    if not source.exists():
        raise ValueError(f"{source}: no such file or folder")
    if target.is_dir():
        return [(source, target / f"{source.stem}.png")]
    if target.suffix.lower() not in PICTURES:
        raise ValueError(f"{target}: expected a name that ends in .png, .jpg or .webp")
    return [(source, target)]


def run_export(given: argparse.Namespace) -> None:
    from pix2pix.cards import write_card, write_table

    source = checkpoints.find(given.source)
    given.target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "generator.safetensors", "discriminator.safetensors"):
        if (source / name).is_file():
            shutil.copyfile(source / name, given.target / name)
    if given.data:
        from pix2pix.colour_statistics import write_colour_statistics

        write_colour_statistics(given.target, given.data)
    write_card(given.target)
    print(f"wrote {given.target}; the table of all is {write_table(given.target.parent)}")


def run_cards(given: argparse.Namespace) -> None:
    from pix2pix.cards import write_card, write_table

    for name in checkpoints.available():
        write_card(checkpoints.find(name))
    print(f"wrote {write_table(checkpoints.root())}")


if __name__ == "__main__":
    sys.exit(main())
