"""Does anything get lost? Visitors, a soak, kills, a full disk: run for real, and kept as a table.

    python benchmarks/reliability.py kills-training kills-folder full-disk torchrun --write
    python benchmarks/reliability.py visitors crowd soak --write          # about 40 minutes
    python benchmarks/reliability.py soak --pictures 600 --minutes 5      # a shorter one
    python benchmarks/reliability.py kills-training --times 3             # the others likewise

Every experiment makes its own data, networks and folders. --write keeps the result in docs/reliability.json
and puts the table of all results into docs/reliability.md. Exit code 1 where an experiment failed.
"""

import argparse
import base64
import http.client
import io
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
RESULTS, PAGE = ROOT / "docs" / "reliability.json", ROOT / "docs" / "reliability.md"

from benchmarks.memory import resident  # noqa: E402
from pix2pix.checkpoints import available, read_tensors  # noqa: E402
from pix2pix.files import replace_section, write_text  # noqa: E402

Result = tuple[bool, str]  # whether it held, and what was measured
TINY = "--ngf 4 --ndf 4 --crop-size 32 --load-size 36 --device cpu --threads 1 --no-graph --task custom"


def make_pairs(folder: Path, count: int = 8) -> Path:
    """Side-by-side pairs of boxes, 32×32 each half."""
    for split in ("train", "val"):
        (folder / split).mkdir(parents=True)
        for number in range(count):
            levels = np.random.default_rng(number).integers(0, 256, (32, 64, 3), dtype=np.uint8)
            Image.fromarray(levels).save(folder / split / f"{number}.png")
    return folder


def command(*arguments: object, **options: object) -> subprocess.Popen:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)], cwd=ROOT, env=environment, **pipes | options
    )


def finish(process: subprocess.Popen) -> str:
    """Wait for a process that has to succeed; what it wrote to stderr."""
    _, told = process.communicate(timeout=1800)
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode}: {told[-1500:]}")
    return told


def train(data: Path, out: Path, steps: int, *more: str) -> list[object]:
    every = ["--steps", steps, "--save-every", 5, "--sample-every", 100_000]
    return ["train.py", "--data", data, "--out", out, *TINY.split(), *every, *more]


def same_state(one: Path, other: Path) -> bool:
    """Whether two runs ended with the same bits."""
    (a, _), (b, _) = (read_tensors(folder / "state.safetensors") for folder in (one, other))
    return a.keys() == b.keys() and all(a[name].equal(b[name]) for name in a)


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".pix2pix-*")]


# --- Experiments -----------------------------------------------------------------------------------------


def kills_training(given: argparse.Namespace, folder: Path) -> Result:
    """kill -9 at random moments, each time resumed, against a run that nobody disturbed."""
    data, steps, chance = make_pairs(folder / "data"), 400, random.Random(0)
    finish(command(*train(data, folder / "calm", steps)))
    killed = ended_early = 0
    started = False
    while killed < given.times:
        resume = ["--resume"] if started else []
        process = command(*train(data, folder / "killed", steps, *resume))
        state = folder / "killed" / "state.safetensors"
        before = state.stat().st_mtime_ns if state.exists() else 0
        deadline = time.monotonic() + 300
        while process.poll() is None and time.monotonic() < deadline:  # until it has saved once more
            if state.exists() and state.stat().st_mtime_ns != before:
                break
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.3))
        if process.poll() is not None:
            ended_early += 1
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
        started = state.exists()
    finish(command(*train(data, folder / "killed", steps, "--resume")))
    same = same_state(folder / "calm", folder / "killed")
    return (
        same and killed == given.times,
        f"{killed} kills in {steps} steps; same last state, bit for bit: {same}",
    )


def kills_folder(given: argparse.Namespace, folder: Path) -> Result:
    """kill -9 while a folder is translated, each time started again."""
    (folder / "in").mkdir()
    count, chance = 6 * given.times, random.Random(1)
    for number in range(count):
        levels = np.random.default_rng(number).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(levels).save(folder / "in" / f"{number:04d}.png")
    ask = ["-m", "pix2pix", "translate", folder / "in"]
    finish(command(*ask, folder / "calm"))
    killed = 0
    while killed < given.times:
        done = len(list((folder / "out").glob("[0-9]*.png"))) if (folder / "out").exists() else 0
        process = command(*ask, folder / "out")
        while process.poll() is None:
            now = len(list((folder / "out").glob("[0-9]*.png"))) if (folder / "out").exists() else 0
            if now > done:
                break
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
        for path in (folder / "out").glob("[0-9]*.png"):
            Image.open(path).load()  # whole, or it is not there
    finish(command(*ask, folder / "out"))
    same = all(
        (folder / "calm" / path.name).read_bytes() == path.read_bytes()
        for path in (folder / "out").glob("[0-9]*.png")
    )
    whole = len(list((folder / "out").glob("[0-9]*.png"))) == count
    return same and whole, f"{killed} kills over {count} pictures; all there: {whole}, the same bytes: {same}"


def full_disk(given: argparse.Namespace, folder: Path) -> Result:
    """No file may grow beyond 30 kB: as on a full disk, writing fails in the middle."""
    data, out = make_pairs(folder / "data"), folder / "run"
    process = command(*train(data, out, 4000))
    while not (out / "state.safetensors").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    finish(process)
    before = (out / "state.safetensors").read_bytes()

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    process = command(*train(data, out, 4000, "--resume"), preexec_fn=small)
    _, told = process.communicate(timeout=600)
    kept = (out / "state.safetensors").read_bytes() == before
    lines = [line for line in told.splitlines() if "could not be written" in line]
    clean = not left_behind(out) and "Traceback" not in told
    held = kept and clean and process.returncode != 0 and len(lines) == 1
    return (
        held,
        f"exit code {process.returncode}, one line: {len(lines) == 1}, state kept: {kept}, no rest: {clean}",
    )


def parent_of(process: Path) -> int:
    """The parent of a folder in /proc; 0 where it has gone."""
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def torchrun(given: argparse.Namespace, folder: Path) -> Result:
    """One of two processes of torchrun is killed; then the run is resumed by two."""
    data, steps = make_pairs(folder / "data"), 60
    run = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", 2]
    finish(command(*run, *train(data, folder / "calm", steps, "--batch-size", "2")))
    out = folder / "killed"
    process = command(*run, *train(data, out, steps, "--batch-size", "2"))
    while not (out / "state.safetensors").exists() and process.poll() is None:
        time.sleep(0.05)
    workers = [
        path.name
        for path in Path("/proc").glob("[0-9]*")
        if parent_of(path) == process.pid and b"train.py" in (path / "cmdline").read_bytes()
    ]
    os.kill(int(workers[-1]), signal.SIGKILL)
    began = time.monotonic()
    process.communicate(timeout=600)
    took = time.monotonic() - began
    finish(command(*run, *train(data, out, steps, "--batch-size", "2", "--resume")))
    same = same_state(folder / "calm", out)
    ended = process.returncode != 0
    return (
        ended and same,
        f"all ended {took:.0f} s after it; same last state, bit for bit: {same}",
    )


def visitors(given: argparse.Namespace, folder: Path, many: int = 20, seconds: int = 60) -> Result:
    """Many draw without a pause; see benchmarks/visitors.py."""
    process = command("benchmarks/visitors.py", "--visitors", many, "--seconds", seconds)
    told, _ = process.communicate(timeout=3600)
    found = dict(re.findall(r"^([a-z ,]+?)\s{2,}(.+)$", told, re.MULTILINE))
    rate = found.get("pictures a second", "?").split()[0]
    return process.returncode == 0, (
        f"{many} visitors, {seconds} s: {rate} pictures a second, answers "
        f"{found.get('an answer takes, ms', '?')} ms, errors {found.get('errors', '?')}"
    )


def crowd(given: argparse.Namespace, folder: Path) -> Result:
    """200 at once."""
    return visitors(given, folder, 200, 15)


def soak(given: argparse.Namespace, folder: Path) -> Result:
    """Live pictures of all tasks in turn: what the server holds after the first 200, and at the end."""
    from browser import running_studio

    from pix2pix.tasks import TASKS
    from pix2pix.ui.tiles import examples_of

    there = set(available())
    drawings = {task: data_url(examples_of(task)[0]) for task in TASKS if task in there}
    with running_studio(folder, None) as url:
        config = json.load(urllib.request.urlopen(url + "config"))
        component = next(c["id"] for c in config["components"] if "live" in c["props"].get("server_fns", []))
        address, server = urlsplit(url).netloc, server_of(folder)
        errors, early, began = 0, 0.0, time.monotonic()
        for number in range(given.pictures):
            task = list(drawings)[number % len(drawings)]
            asked = {
                "visit": "soak",
                "number": number + 1,
                "task": task,
                "drawing": drawings[task],
                "seed": number,
            }
            asked |= {"settled": True, "exact": number % 3 == 0}
            body = {"session_hash": "x", "component_id": component, "fn_name": "live", "data": asked}
            connection = http.client.HTTPConnection(address, timeout=300)
            headers = {"content-type": "application/json"}
            connection.request("POST", "/gradio_api/component_server", json.dumps(body), headers)
            errors += b'"picture"' not in connection.getresponse().read()
            connection.close()
            if number == 199:
                early = resident(server)
            rest = given.minutes * 60 * (number + 1) / given.pictures - (time.monotonic() - began)
            time.sleep(max(0.0, rest))
        late, took = resident(server), time.monotonic() - began
        most = resident(server, "VmHWM")
    growth = late / early - 1 if early else 0.0
    return errors == 0 and growth < 0.15 and most < 2500, (
        f"{given.pictures} pictures of {len(drawings)} tasks in {took / 60:.0f} min: {early:.0f} MB after "
        f"200, {late:.0f} MB at the end ({growth:+.0%}), {most:.0f} MB at most, errors {errors}"
    )


def data_url(path: Path) -> str:
    buffer = io.BytesIO()
    Image.open(path).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def server_of(folder: Path) -> int:
    """The process that `running_studio` started for a folder."""
    mark = f"XDG_CACHE_HOME={folder / 'cache'}".encode()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (path / "environ").read_bytes() and b"app.py" in (path / "cmdline").read_bytes():
                return int(path.name)
        except OSError:
            continue
    raise RuntimeError("the studio's process was not found")


EXPERIMENTS: dict[str, Callable[[argparse.Namespace, Path], Result]] = {
    "visitors": visitors,
    "crowd": crowd,
    "soak": soak,
    "kills-training": kills_training,
    "kills-folder": kills_folder,
    "full-disk": full_disk,
    "torchrun": torchrun,
}


def write(results: dict[str, dict]) -> None:
    write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", RESULTS)
    rows = ["| experiment | | measured | load, date |", "|---|---|---|---|"]
    for name in EXPERIMENTS:
        if found := results.get(name):
            held = "held" if found["held"] else "**did not hold**"
            rows.append(f"| `{name}` | {held} | {found['measured']} | {found['when']} |")
    replace_section(PAGE, "reliability", "\n".join(rows))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    listed = ", ".join(EXPERIMENTS)
    parser.add_argument("experiments", nargs="+", choices=EXPERIMENTS, metavar="EXPERIMENT", help=listed)
    parser.add_argument(
        "--times", type=int, default=20, help="how often kills-training and kills-folder kill"
    )
    parser.add_argument("--pictures", type=int, default=2000, help="of the soak")
    parser.add_argument("--minutes", type=float, default=30, help="of the soak, at least")
    parser.add_argument("--write", action="store_true", help=f"keep the results in {PAGE.relative_to(ROOT)}")
    given = parser.parse_args()
    all_held = True
    for name in given.experiments:
        with tempfile.TemporaryDirectory() as folder:
            held, measured = EXPERIMENTS[name](given, Path(folder))
        all_held &= held
        print(f"{name}: {'held' if held else 'DID NOT HOLD'}: {measured}", flush=True)
        when = f"{os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}"
        if given.write:
            results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}  # another run may write too
            write(results | {name: {"held": held, "measured": measured, "when": when}})
    return 0 if all_held else 1


if __name__ == "__main__":
    sys.exit(main())
