"""The command line: pix2pix translate | train | demo | import | export | export-web | doctor | cards …

In a clone that is not installed, it is `python -m pix2pix`. A user's mistake is one line on stderr and exit
code 2. A command imports what it needs when it runs: with requirements.txt alone every command is listed, and
`translate` and `demo` work.
"""

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType

from pix2pix import __version__, train_command
from pix2pix.config import SEEDS
from pix2pix.evaluation import command
from pix2pix.files import write_text
from pix2pix.formats import command as formats

CLONE = Path(__file__).resolve().parent.parent  # the repository, where the package runs from a clone
BENCH = CLONE / "benchmarks" / "bench.py"

# The extra of pyproject.toml that installs a library; all others belong to [train].
EXTRA_OF = {"gradio": "demo", "onnx": "export", "onnxruntime": "export"}


def main(arguments: list[str] | None = None) -> int:
    parser = build_parser()
    given = parser.parse_args(arguments)
    try:
        from pix2pix.devices import keep_freed_memory

        keep_freed_memory()
        return given.run(given) or 0
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in ("", "pix2pix"):
            raise
        told = f"needs {library}, which is not installed; {how_to_install(library)}"
        print(f"pix2pix {given.command}: {told}", file=sys.stderr)
        return 2
    except (ValueError, FloatingPointError, OSError) as error:
        print(f"pix2pix {given.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def how_to_install(library: str) -> str:
    """The command that installs a missing library: from a clone's requirements, or as the package's extra."""
    extra = EXTRA_OF.get(library, "train")
    if (CLONE / "requirements.txt").is_file() and extra != "export":
        return "pip install -r requirements.txt -r requirements-train.txt"
    return f'pip install "pix2pix-studio[{extra}]"'


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "pix2pix", description="Translate images, train tasks, serve the page, look after checkpoints."
    )
    parser.add_argument("--version", action="version", version=f"pix2pix-studio {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    translate = commands.add_parser("translate", help="translate a picture, or every picture in a folder")
    translate.add_argument("source", metavar="IN", type=Path, help="a picture, or a folder of pictures")
    translate.add_argument("target", metavar="OUT", type=Path, help="the picture, or folder, to write")
    translate.add_argument(
        "--task", default="facades", help="name of a checkpoint; an unknown one lists them (default: facades)"
    )
    translate.add_argument(
        "--checkpoint", help="instead of --task: a checkpoint's folder, or hf://owner/name"
    )
    translate.add_argument(
        "--size",
        default="256",
        help="of the result's short side: 256 (the network's own), 512, 1024, or full (the photo's own size)",
    )
    translate.add_argument("--seed", type=int, help="of the dropout noise")
    translate.add_argument(
        "--color",
        default="seed",
        help="main color wished for: seed (drawn from the training photos' colors), none, #rrggbb or a name",
    )
    translate.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    translate.add_argument(
        "--precision",
        default="auto",
        help="auto (by this processor's features, or what OUT was begun with), int8, bf16 or fp32",
    )
    translate.add_argument(
        "--again", action="store_true", help="also what was made already by the same model"
    )
    translate.add_argument("--recursive", action="store_true", help="pictures in subfolders too")
    translate.add_argument("--report", metavar="FILE.json", type=Path, help="what was made, skipped, failed")
    translate.set_defaults(run=run_translate)

    train = commands.add_parser("train", help="train a task, as python train.py does")
    train_command.add_arguments(train)
    train.set_defaults(run=train_command.run)

    demo = commands.add_parser("demo", help="serve the page: draw, and see the image follow")
    demo.add_argument("--port", type=int, help="default: the PORT variable, or 7860")
    demo.add_argument("--host", help="address to listen on; 0.0.0.0 for all (default: this machine alone)")
    demo.add_argument("--share", action="store_true", help="a public link for a few days, by Gradio's server")
    demo.set_defaults(run=run_demo)

    importing = commands.add_parser("import", help="make a checkpoint of another pix2pix program's weights")
    formats.add_import_arguments(importing)
    importing.set_defaults(run=formats.run_import)

    export = commands.add_parser("export", help="make a checkpoint folder, with its card, from a run")
    export.add_argument("source", metavar="RUN", type=Path, help="run folder written by train.py")
    export.add_argument("target", metavar="FOLDER", type=Path, help="such as checkpoints/facades")
    export.add_argument("--data", help="its training pairs: keeps their color statistics next to the weights")
    export.add_argument(
        "--snapshots",
        metavar="STEPS",
        help="instead of the last weights, those of the run's --snapshots: 0,100,80000, or all",
    )
    export.add_argument(
        "--onnx", action="store_true", help="instead: the generator of RUN (or a checkpoint) as FOLDER.onnx"
    )
    export.set_defaults(run=run_export)

    web = commands.add_parser(
        "export-web", help="write a static page: the canvas and networks in the browser"
    )
    web.add_argument("names", metavar="NAME", nargs="+", help="task with weights, such as edges2cats")
    web.add_argument("target", metavar="OUT", type=Path, help="new folder, for any static host")
    web.add_argument(
        "--runtime",
        metavar="DIR",
        type=Path,
        help="folder of the npm package onnxruntime-web (default: downloaded once, its hash checked)",
    )
    web.set_defaults(run=run_export_web)

    publish = commands.add_parser("publish", help="upload a checkpoint to the Hugging Face Hub")
    publish.add_argument("name", metavar="NAME", help="a checkpoint's name or folder")
    publish.add_argument("repository", metavar="OWNER/NAME", help="made where it is not there")
    publish.add_argument("--private", action="store_true", help="a new repository is private")
    publish.set_defaults(run=run_publish)

    space = commands.add_parser("space", help="make a Hugging Face Space with the page and chosen weights")
    space.add_argument("repository", metavar="OWNER/NAME", help="of the Space")
    space.add_argument(
        "--tasks", default="", help="such as edges2cats,facades (default: all that have weights)"
    )
    space.add_argument("--out", metavar="FOLDER", type=Path, help="keep the Space's folder here")
    space.add_argument("--dry-run", action="store_true", help="make the folder, upload nothing")
    space.add_argument(
        "--zerogpu", action="store_true", help="for ZeroGPU hardware: /translate and Samples borrow a GPU"
    )
    space.set_defaults(run=run_space)

    doctor = commands.add_parser("doctor", help="what is in a folder of pairs, and what is wrong with it")
    doctor.add_argument("data", metavar="DATA", help="the folder that train.py --data would be given")
    doctor.add_argument(
        "--report", metavar="FILE.html", type=Path, help="all of it with pictures, in one file"
    )
    doctor.add_argument("--task", default="mine", help="name of the task, or of a recipe (default: mine)")
    doctor.add_argument("--pairs", help="kind of pairs, as for train.py; guessed where left out")
    doctor.add_argument("--direction", help="AtoB or BtoA; guessed where left out")
    doctor.set_defaults(run=run_doctor)

    cards = commands.add_parser("cards", help="write every checkpoint's card, and the table of all, again")
    cards.set_defaults(run=run_cards)

    evaluate = commands.add_parser("evaluate", help="measure checkpoints of any task on held-out pairs")
    command.add_arguments(evaluate)
    evaluate.set_defaults(run=command.run)

    timing = commands.add_parser(
        "bench", help="time translate, samples and training against a plain reference"
    )
    timing.add_argument("--json", type=Path, help="keep the figures in this file")
    timing.add_argument("--write", type=Path, help="put the tables into this document, between its marks")
    timing.add_argument("--turns", type=int, default=15, help="timed turns of each side (default: 15)")
    timing.add_argument("--threads", type=int, default=0, help="CPU threads of torch; 0: its own choice")
    timing.add_argument("--quick", action="store_true", help="small networks and few turns: does it run?")
    timing.set_defaults(run=run_bench)
    return parser


def run_translate(given: argparse.Namespace) -> None:
    from pix2pix.color_wish import parse_color
    from pix2pix.inference import DEFAULT_SEED, Translator
    from pix2pix.inference.batch import label_of, my_share, translate_all
    from pix2pix.inference.full_size import check_size, note_of
    from pix2pix.inference.jobs import plan

    size = check_size(given.size)
    color = parse_color(given.color)
    seed = DEFAULT_SEED if given.seed is None else given.seed
    if seed not in SEEDS:
        raise ValueError(f"--seed is {seed}; expected {SEEDS}")
    found = plan(given.source, given.target, given.recursive)
    for note in found.notes:
        print(note, file=sys.stderr)
    jobs = my_share(found.jobs)
    translator = Translator(given.checkpoint or given.task, given.device, given.precision)
    if isinstance(color, tuple):
        translator.wish(color, seed)  # refused before anything is read
    if size != "256" and (note := note_of(translator.settings)):
        print(note, file=sys.stderr)
    report = translate_all(translator, jobs, seed, given.again, color, size)
    if given.report:
        write_text(report.as_json(label_of(translator, seed, color, size)), given.report)
    if report.failed:
        raise ValueError(report.summary() if len(jobs) > 1 else report.failed[0][1])


def run_demo(given: argparse.Namespace) -> None:
    from pix2pix.ui.port import read_port

    read_port()  # before Gradio is imported, which reads it too
    from pix2pix.ui.page import build_demo, launch

    options = {"server_port": given.port, "server_name": given.host, "share": given.share or None}
    launch(build_demo(), **{name: value for name, value in options.items() if value is not None})


def run_export(given: argparse.Namespace) -> None:
    from pix2pix.export import export_run

    if given.onnx:
        from pix2pix import checkpoints
        from pix2pix.formats.onnx_file import export_onnx

        export_onnx(checkpoints.find(given.source), given.target)
        print(f"wrote {given.target}")
        return
    print(export_run(given.source, given.target, given.data, given.snapshots))


def run_export_web(given: argparse.Namespace) -> None:
    from pix2pix.static_page.page import export_web

    print(export_web(given.names, given.target, given.runtime))


def run_publish(given: argparse.Namespace) -> None:
    from pix2pix.publishing import publish

    print(f"uploaded {publish(given.name, given.repository, given.private)}")


def run_space(given: argparse.Namespace) -> None:
    from pix2pix.space import make_space

    tasks = [name.strip() for name in given.tasks.split(",") if name.strip()]
    print(make_space(given.repository, tasks, given.out, given.dry_run, given.zerogpu))


def run_doctor(given: argparse.Namespace) -> int:
    from pix2pix.data.doctor import examine
    from pix2pix.data.doctor_report import report
    from pix2pix.data.recipes import RECIPES, recipe_config

    typed = {name: getattr(given, name) for name in ("pairs", "direction") if getattr(given, name)}
    config = train_command.with_local_data(recipe_config(given.task, data=given.data, **typed))
    found = examine(config, guessing=not typed and given.task not in RECIPES)
    print(*found.lines(), sep="\n")
    if given.report:
        write_text(report(found), given.report)
        print(f"wrote {given.report}")
    return 2 if found.stops else 0


def run_cards(given: argparse.Namespace) -> None:
    from pix2pix import checkpoints
    from pix2pix.cards import write_card, write_table
    from pix2pix.inference.snapshots import available_snapshots

    for name in checkpoints.available():
        write_card(checkpoints.find(name))
    for folder in available_snapshots():
        write_card(folder)
    print(f"wrote {write_table(checkpoints.root())}")


def run_bench(given: argparse.Namespace) -> None:
    load_bench().run(given)


def load_bench() -> ModuleType:
    """benchmarks/bench.py, which is no part of the package. ValueError where it is not there."""
    if not BENCH.is_file():
        raise ValueError(f"{BENCH}: no such file; the benchmark runs from a clone of the repository")
    sys.path.insert(0, str(CLONE))
    return importlib.import_module("benchmarks.bench")
