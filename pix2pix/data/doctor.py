"""The data set doctor: what is in a data folder, what is wrong with it, and how to train on it.

`examine` opens every file (of very many, a part), which a run would do too, but goes on after the first fault
and looks for what no run would notice: pairs that do not match, copies, a direction that is the wrong way.
"""

import contextlib
import hashlib
import io
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image
from tqdm import tqdm

from pix2pix.config import TrainConfig, input_output_kinds
from pix2pix.data import measures
from pix2pix.data.batches import training_batch
from pix2pix.data.checks import TRIMAPS, PlainPhotosError, alignment, check_set, open_pair, spread
from pix2pix.data.label_rules import RULES
from pix2pix.data.layouts import PHOTO_ONLY, FileSet
from pix2pix.data.sources import find_sets, load_pairs
from pix2pix.images import contact_sheet, input_to_rgb, load_image, output_to_rgb, tensor_to_pils

EXAMINED = 5000  # pairs of a split that are opened, evenly spread
WORST = 12
FEW = 100  # with fewer pairs D learns them by heart


@dataclass(frozen=True)
class Finding:
    """level: "stop" (a run would fail), "warn" (a run would suffer) or "note"."""

    level: str
    text: str


@dataclass
class Split:
    """What was seen of one split. scores: of the alignment; hashes: bool (N, 256) of the first pictures."""

    found: FileSet
    names: list[str] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    hashes: list[np.ndarray] = field(default_factory=list)
    sides: tuple[list[np.ndarray], list[np.ndarray]] = field(default_factory=lambda: ([], []))
    sizes: Counter = field(default_factory=Counter)
    modes: Counter = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Diagnosis:
    """All of it, for the shell and for the report. worst: (name, alignment, both pictures side by side)."""

    config: TrainConfig
    facts: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    worst: list[tuple[str, float, Image.Image]] = field(default_factory=list)
    sheet: Image.Image | None = None
    command: str = ""

    def tell(self, level: str, text: str) -> None:
        if text not in {finding.text for finding in self.findings}:
            self.findings.append(Finding(level, text))

    @property
    def stops(self) -> bool:
        """Whether a run would fail."""
        return any(finding.level == "stop" for finding in self.findings)

    def lines(self) -> Iterator[str]:
        for name, value in self.facts:
            yield f"{name}: {value}"
        for finding in sorted(self.findings, key=lambda f: ("stop", "warn", "note").index(f.level)):
            yield f"{finding.level.upper():4}  {finding.text}"
        yield f"train with: {self.command}" if not self.stops else f"then train with: {self.command}"


def examine(config: TrainConfig, guessing: bool = False) -> Diagnosis:
    """Examine config.data as a run with this config would read it.

    guessing: the kind of pairs and the direction are taken from what the data look like.
    """
    found = Diagnosis(config)
    sets: dict[str, Split] = {}
    try:
        for split in ("train", "val"):
            files = [those for _, those in find_sets(config, split)]
            joined = FileSet([f for those in files for f in those.files], files[0].layout, files[0].folders)
            sets[split] = look_at(joined, split)
            for note in (note for those in files for note in those.notes if split == "train"):
                found.tell("note", note)
    except ValueError as error:
        found.tell("stop", str(error))
        found.command = command_of(config)
        return found
    train = sets["train"]
    if guessing:
        config = guess(found, config, train)
    found.config = config
    for split, those in sets.items():
        tell_files(found, split, those)
    paired = bool(train.scores) and config.pairs not in PHOTO_ONLY
    try:
        for note in check_set(train.found, config):
            found.tell("warn", note)
    except ValueError as error:
        found.tell("stop", str(error))
        if isinstance(error, PlainPhotosError):
            paired, found.config = False, replace(config, pairs="edges")  # one of the kinds that fit
    if paired:
        tell_matching(found, train)
        tell_direction(found, config, train)
    tell_copies(found, train, sets["val"])
    if (count := len(train.found.files)) < FEW:
        found.tell(
            "note",
            f"{count} training pairs are few; --augment keeps D from learning them by heart",
        )
    if not found.stops:
        try:
            found.sheet = sheet_of(config)
        except ValueError as error:
            found.tell("stop", str(error))
    found.command = command_of(found.config)
    return found


def look_at(found: FileSet, split: str) -> Split:
    """Open the files of a split; what cannot be opened is kept by name."""
    seen = Split(found)
    hashed: dict[str, str] = {}
    for first, second in tqdm(spread(found.files, EXAMINED), f"examining {split}", unit="pair", leave=False):
        broken = len(seen.broken)
        for path in filter(None, (first, second)):
            digest = hashlib.sha1(path.read_bytes()).hexdigest()
            if digest in hashed and hashed[digest] != str(path):
                seen.copies.append((str(path), hashed[digest]))
            hashed.setdefault(digest, str(path))
            try:
                load_image(path)
                with Image.open(path) as image:
                    seen.sizes[image.size] += 1
                    seen.modes[f"{image.format} {image.mode}"] += 1
            except (ValueError, OSError) as error:
                seen.broken.append(str(error))
        if len(seen.broken) > broken:
            continue
        one, two = open_pair(first, second)
        seen.names.append(first.name)
        seen.scores.append(alignment(one, two))
        seen.hashes.append(measures.difference_hash(one if second else load_image(first)))
        if len(seen.sides[0]) < 200:
            for side, picture in zip(seen.sides, (one, two), strict=True):
                side.append(measures.small(picture))
    return seen


def guess(found: Diagnosis, config: TrainConfig, train: Split) -> TrainConfig:
    """The config with pairs and direction that fit what the files look like; photos alone stay aligned."""
    folders = train.found.folders
    if folders and folders[1] in TRIMAPS:
        return replace(config, pairs="cutout", direction="BtoA")
    if folders and folders[1] == "edges":
        return replace(config, pairs="soft-edges", direction="BtoA")
    kinds = [measures.kind_of(side) for side in train.sides] if train.names else ["photos", "photos"]
    if kinds[0] == "photos" and kinds[1] != "photos":
        return replace(config, direction="BtoA")
    return config


def tell_files(found: Diagnosis, split: str, those: Split) -> None:
    """Counts, sizes, modes, broken files and copies."""
    count, seen = len(those.found.files), min(len(those.found.files), EXAMINED)
    part = "" if seen == count else f" ({seen} examined)"
    sizes = ", ".join(f"{w}×{h}: {n}" for (w, h), n in those.sizes.most_common(3))
    more = f" and {len(those.sizes) - 3} other sizes" if len(those.sizes) > 3 else ""
    modes = ", ".join(f"{mode}: {n}" for mode, n in those.modes.most_common(4))
    found.facts.append((split, f"{count} pairs{part}; {those.found.layout}; {sizes}{more}; {modes}"))
    for line in those.broken[:20]:
        found.tell("stop", line)
    if len(those.broken) > 20:
        found.tell("stop", f"{len(those.broken) - 20} more files cannot be read")
    for one, two in those.copies[:5]:
        found.tell("warn", f"{one}: is a copy of {two}, byte for byte")
    if len(those.copies) > 5:
        found.tell("warn", f"{split}: {len(those.copies) - 5} more files are copies")


def tell_matching(found: Diagnosis, train: Split) -> None:
    """Pairs whose edges do not lie on each other, where those of the others do; the worst are shown."""
    scores = np.array(train.scores)
    usual = float(np.median(scores))
    found.facts.append(
        ("alignment of the edges", f"median {usual:.2f}, lowest {scores.min():.2f} (1: the same)")
    )
    order = np.argsort(scores)
    pairs = dict(zip((first.name for first, _ in train.found.files), train.found.files, strict=True))
    for which in order[:WORST]:
        both = contact_sheet([list(open_pair(*pairs[train.names[which]]))], side=128)
        found.worst.append((train.names[which], float(scores[which]), both))
    if usual < 0.03:
        return found.tell("warn", "most pairs do not match: the edges of both pictures are in other places")
    spread_of = 1.48 * float(np.median(np.abs(scores - usual)))
    bad = [train.names[which] for which in order if scores[which] < min(0.05, usual - 4 * spread_of)]
    if usual > 0.12 and bad:
        found.tell(
            "warn", f"{len(bad)} pairs do not match: {', '.join(bad[:6])}{', …' if len(bad) > 6 else ''}"
        )
    return None


def tell_direction(found: Diagnosis, config: TrainConfig, train: Split) -> None:
    """Which side looks like labels or lines, whether it is the input, and colors off its palette."""
    kinds = [measures.kind_of(side) for side in train.sides]
    places = (
        ("left halves", "right halves")
        if not train.found.folders
        else tuple(f"pictures of {name}" for name in train.found.folders)
    )
    for kind, place in zip(kinds, places, strict=True):
        if kind != "photos":
            found.facts.append((f"the {place}", f"look like {kind}"))
    input_side = 0 if config.direction == "AtoB" else 1
    if config.pairs != "cutout" and kinds[input_side] == "photos" and kinds[1 - input_side] != "photos":
        other = "BtoA" if config.direction == "AtoB" else "AtoB"
        found.tell(
            "warn",
            f"photos are the input and {kinds[1 - input_side]} the target; for the way from "
            f"{kinds[1 - input_side]} to photos add --direction {other}",
        )
    for kind, side, place in zip(kinds, train.sides, places, strict=True):
        if kind == "labels":
            tell_palette(found, side, place)


def tell_palette(found: Diagnosis, side: list[np.ndarray], place: str) -> None:
    palette = measures.palette_of(side)
    known = next(
        (
            f" of the {name}"
            for name, rules in zip(("CMP façades", "CamVid", "Cityscapes"), RULES.values(), strict=True)
            if all(
                min(np.linalg.norm(color.astype(float) - np.array(rgb)) for _, rgb in rules.palette)
                < measures.NEAR
                for color in palette
            )
        ),
        "",
    )
    found.facts.append((f"palette of the {place}", f"{len(palette)} colors{known}"))
    off = float(np.mean([measures.off_palette(pixels, palette) for pixels in side]))
    if off > 0.02:
        found.tell(
            "warn",
            f"{100 * off:.0f} % of the label pixels are off their palette's {len(palette)} colors; save "
            "label maps as PNG, without smoothing or JPEG",
        )


def tell_copies(found: Diagnosis, train: Split, val: Split) -> None:
    """Validation pictures that are training pictures too, saved again or hardly changed."""
    if not train.hashes or set(map(str, val.found.files)) <= set(map(str, train.found.files)):
        return
    near = measures.alike(np.array(val.hashes), np.array(train.hashes))
    if near:
        shown = ", ".join(f"{val.names[i]} ~ {train.names[j]}" for i, j, _ in near[:5])
        found.tell(
            "warn", f"{len(near)} validation pictures are nearly the same as training pictures: {shown}"
        )


def sheet_of(config: TrainConfig, rows: int = 6) -> Image.Image:
    """What the network will see: inputs and targets of training pairs, jittered as in training."""
    with contextlib.redirect_stderr(io.StringIO()):  # what it would tell was told
        pairs = load_pairs(replace(config, color_wish=False, balance=False), "train", limit=rows)
    plain = replace(config, color_wish=False, balance=False, batch_size=min(rows, len(pairs)))
    real_a, real_b = training_batch(pairs, plain, 0)
    kinds = input_output_kinds(config.pairs)
    inputs = tensor_to_pils(input_to_rgb(real_a, kinds[0]))
    targets = tensor_to_pils(output_to_rgb(real_a, real_b, *kinds))
    cells = [picture for both in zip(inputs, targets, strict=True) for picture in both]
    return contact_sheet([cells[i : i + 4] for i in range(0, len(cells), 4)], side=192)


def command_of(config: TrainConfig) -> str:
    """The command line that trains as the config says."""
    told = f"python train.py --task {shlex.quote(config.task)} --data {shlex.quote(config.data)}"
    told += f" --out {shlex.quote(f'runs/{config.task}')}"
    plain = TrainConfig()
    for name in ("pairs", "direction"):
        if getattr(config, name) != getattr(plain, name):
            told += f" --{name} {getattr(config, name)}"
    return told
