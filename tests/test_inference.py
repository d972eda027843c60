"""The Translator and the command line: any picture in, a picture or one clear line out."""

import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import save_checkpoint
from PIL import Image

import train
from pix2pix.cards import write_card
from pix2pix.cli import main
from pix2pix.images import image_to_input
from pix2pix.inference import Translator, TranslatorPool

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def translator(shipped) -> Translator:
    return Translator("facades", "cpu")


def noise_picture(width: int = 64, height: int = 64, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and np.array_equal(np.asarray(one), np.asarray(other))


def test_same_seed_same_picture(translator):
    picture = noise_picture()
    assert same(translator.translate(picture, 3), translator.translate(picture, 3))
    assert not same(translator.translate(picture, 3), translator.translate(picture, 4))
    assert same(translator.translate(picture, None), translator.translate(picture, None))


def test_samples_are_the_pictures_of_their_seeds(shipped):
    translator = Translator("facades", "cpu", precision="fp32")
    picture = noise_picture()
    for sample, seed in zip(translator.sample(picture, [5, 6, 7]), (5, 6, 7), strict=True):
        alone = translator.translate(picture, seed)
        assert np.abs(np.asarray(sample).astype(int) - np.asarray(alone)).max() <= 1  # rounding to bytes
    off = translator.sample(picture, [5, 6], layers=(False, False, False))
    assert len(off) == 2 and same(off[0], off[1]) and same(off[0], translator.translate(picture, None))


def test_network_answers_for_many_equal_those_for_one(shipped):
    translator = Translator("facades", "cpu", precision="fp32")
    real_a = image_to_input(noise_picture(), "rgb", 256)
    many = translator.answer(real_a, translator.noise([1, 2, 3]))
    single = torch.cat([translator.answer(real_a, translator.noise([seed])) for seed in (1, 2, 3)])
    torch.testing.assert_close(many, single, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    "size, expected", [((256, 256), (256, 256)), ((500, 300), (427, 256)), ((1, 1), (256, 256))]
)
def test_result_has_the_inputs_aspect(translator, size, expected):
    assert translator.translate(Image.new("RGB", size, (0, 48, 255))).size == expected


@pytest.mark.parametrize("task", ["facades", "gray2color", "inpaint", "cutout"])
def test_every_kind_of_input_and_output(shipped, task):
    picture = noise_picture(100, 50).convert("RGBA")
    picture.putalpha(Image.fromarray(np.tile(np.repeat([0, 255], 50).astype(np.uint8), (50, 1))))
    answer = Translator(task, "cpu").translate(picture)
    assert answer.mode == "RGB" and answer.size == (512, 256)


def test_color_keeps_the_lightness(shipped):
    """What gray2color answers has the L that was given, but for colors that sRGB does not have."""
    from skimage.color import rgb2lab

    gray = Image.fromarray(np.tile(np.linspace(90, 160, 256).astype(np.uint8), (256, 1)))
    answer = Translator("gray2color", "cpu").translate(gray)
    before, after = rgb2lab(np.asarray(gray.convert("RGB")))[..., 0], rgb2lab(np.asarray(answer))[..., 0]
    assert np.abs(before - after).mean() < 1


def test_bf16_is_close_to_float32(shipped):
    """Half precision differs from float32 by less than 1.5/255 on average."""
    picture = noise_picture()
    full, half = (Translator("facades", "cpu", precision=p).translate(picture, 1) for p in ("fp32", "bf16"))
    assert np.abs(np.asarray(full).astype(float) - np.asarray(half)).mean() < 1.5


def test_critique_is_a_map_of_probabilities(translator):
    picture = noise_picture(256, 256)
    scores = translator.critique(picture, translator.translate(picture))
    assert scores.shape == (30, 30) and scores.min() >= 0 and scores.max() <= 1
    assert not np.array_equal(scores, translator.critique(picture, picture))


def test_pool_forgets_the_least_recently_used(shipped):
    pool = TranslatorPool("cpu", limit=2)
    first = pool.get("facades")
    assert pool.get("facades") is first
    pool.get("cutout")
    pool.get("facades")
    pool.get("inpaint")
    assert pool.loaded() == ["facades", "inpaint"]
    with pytest.raises(ValueError, match="no checkpoint 'street'"):
        pool.get("street")
    assert pool.loaded() == ["facades", "inpaint"], "a wrong name makes nobody go"
    pool.keep(["inpaint", "cutout"])
    assert pool.loaded() == ["inpaint"]


# --- The command line ------------------------------------------------------------------------------------


def sixteen_bit(path: Path) -> None:
    Image.fromarray((np.arange(64 * 64).reshape(64, 64) * 16).astype(np.uint16)).save(path)


def run(*arguments: str, capsys) -> tuple[int, str]:
    code = main([str(a) for a in arguments])
    return code, capsys.readouterr().err


def test_any_readable_file_is_translated(shipped, tmp_path, capsys):
    noise_picture(500, 300).convert("CMYK").save(tmp_path / "cmyk.jpg")
    sixteen_bit(tmp_path / "sixteen.png")
    Image.new("RGB", (1, 1), (0, 128, 255)).save(tmp_path / "one.png")
    for name, size in (("cmyk.jpg", (427, 256)), ("sixteen.png", (256, 256)), ("one.png", (256, 256))):
        out = tmp_path / "out" / f"{name}.png"
        code, errors = run("translate", "--task", "facades", tmp_path / name, out, capsys=capsys)
        assert (code, errors) == (0, "")
        assert Image.open(out).size == size


def test_mistakes_are_one_line_and_exit_code_2(shipped, tmp_path, capsys):
    buffer = io.BytesIO()
    noise_picture(200, 200).save(buffer, "JPEG")
    (tmp_path / "cut.jpg").write_bytes(buffer.getvalue()[:2000])
    (tmp_path / "text.png").write_text("not a picture")
    noise_picture().save(tmp_path / "fine.png")
    (tmp_path / "empty").mkdir()
    for source, target, task, told in (
        ("cut.jpg", "o.png", "facades", "cut.jpg: damaged or cut off"),
        ("text.png", "o.png", "facades", "text.png: not a picture"),
        ("nowhere.png", "o.png", "facades", "nowhere.png: no such file or folder"),
        ("empty", "o", "facades", "empty: no pictures in this folder"),
        ("fine.png", "o.xyz", "facades", "o.xyz: expected a name that ends in"),
        ("fine.png", "o.png", "castles", "no checkpoint 'castles'; there are: cutout, facades"),
    ):
        code, errors = run("translate", "--task", task, tmp_path / source, tmp_path / target, capsys=capsys)
        assert code == 2 and errors.count("\n") == 1 and told in errors, errors
        assert not (tmp_path / target).exists()


@pytest.mark.slow
def test_same_seed_same_bytes_from_the_shell(shipped, tmp_path):
    noise_picture().save(tmp_path / "in.png")
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        command = [sys.executable, "-m", "pix2pix", "translate", "--seed", seed, "--device", "cpu"]
        done = subprocess.run(
            [*command, str(tmp_path / "in.png"), str(tmp_path / f"{name}.png")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
    first, again, other = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert first == again != other


def test_a_folder_is_translated_and_a_broken_file_named(shipped, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for number in range(3):
        noise_picture(seed=number).save(tmp_path / "in" / f"{number}.png")
    (tmp_path / "in" / "broken.png").write_text("no")
    code, errors = run("translate", tmp_path / "in", tmp_path / "out", capsys=capsys)
    assert code == 2 and "broken.png: not a picture" in errors and "Traceback" not in errors
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.png", "1.png", "2.png"]


@pytest.mark.slow
def test_export_makes_a_checkpoint_with_a_card(tmp_path, capsys):
    run_folder = save_checkpoint(tmp_path / "runs", "facades-patch70")
    code, _ = run("export", run_folder, tmp_path / "checkpoints" / "facades-patch70", capsys=capsys)
    exported = tmp_path / "checkpoints" / "facades-patch70"
    assert code == 0 and Translator(exported, "cpu").side == 256
    card = (exported / "README.md").read_text()
    for told in ("70×70", "CMP façades", "The paper's own recipe", "sheet.jpg", "licence"):
        assert told in card
    assert Image.open(exported / "sheet.jpg").size[0] > 700
    assert (
        "| [facades-patch70](facades-patch70/README.md) | 70×70"
        in (tmp_path / "checkpoints" / "README.md").read_text()
    )


def test_a_card_tells_the_command_that_made_the_run(tmp_path):
    """Its settings other than the recipe's, found again by the command line's own parser."""
    given = {"augment": True, "lambda_l1": 40.0, "start_from": "checkpoints/x", "flip": False}
    folder = save_checkpoint(tmp_path, "edges2shoes", **given, threads=3)
    write_card(folder)
    (command,) = re.findall(r"^python train\.py (.+)$", (folder / "README.md").read_text(), re.M)
    found = train.parse(shlex.split(command))
    assert {name: getattr(found, name) for name in given} == given
    assert (found.task, found.ngf, found.threads) == ("edges2shoes", 4, 0)
