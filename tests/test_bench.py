"""The benchmark's arithmetic, and that what it compares are the same pictures. No time is judged here."""

import json

import numpy as np
import pytest
import torch

from benchmarks import bench
from pix2pix import checkpoints
from pix2pix.cli import main
from pix2pix.files import replace_section, section_marks
from pix2pix.inference import Translator


@pytest.fixture(scope="module")
def plain():
    return bench.load_plain()


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_ours_and_the_plain_reference_make_the_same_picture(plain, precision):
    """The shipped façades, dropout off: within 1.5 of 255 in bfloat16, to rounding in float32."""
    ours = Translator("facades-patch70", "cpu", precision)
    reference = plain.Generator(ours.settings["generator"]["ngf"])
    reference.load_state_dict(checkpoints.load_generator(ours.folder).state_dict())
    picture = bench.drawing()
    mine = np.asarray(ours.translate(picture, seed=None), float)
    theirs = np.asarray(plain.translate(reference, picture, noise=False), float)
    assert theirs.std() > 20  # a picture, not one gray
    assert np.abs(mine - theirs).mean() < (0.01 if precision == "fp32" else 1.5)


def test_a_row_is_medians_and_their_ratio():
    row = bench.Row("translate", ours=[10, 1, 2, 3, 2], plain=[8, 6, 7, 100, 6], more={"roofline_ms": 1.0})
    assert row.summary() == {
        "name": "translate",
        "ours_ms": 2.0,
        "ours_spread": 0.5,
        "plain_ms": 7.0,
        "plain_spread": 1.0,
        "ratio": 3.5,
        "roofline_ms": 1.0,
    }


def test_ours_and_plain_take_turns():
    calls = []
    row = bench.take_turns("x", lambda: calls.append("ours"), lambda: calls.append("plain"), turns=3)
    assert calls == ["ours", "plain"] * 5  # two of them to warm up
    assert len(row.ours) == len(row.plain) == 3


@pytest.mark.slow
def test_the_command_measures_every_row(tmp_path):
    kept, document = tmp_path / "bench.json", tmp_path / "speed.md"
    first, last = section_marks("bench")
    document.write_text(f"before\n{first}\nold\n{last}\nafter\n")
    assert main(["bench", "--quick", "--turns", "1", "--json", str(kept), "--write", str(document)]) == 0
    found = json.loads(kept.read_text())
    names = [row["name"].split(",")[0] for row in found["rows"]]
    assert {"translate", "sample16", "train_step"} <= set(names)
    for row in found["rows"]:
        assert row["ours_ms"] > 0 and row["ratio"] == pytest.approx(
            row["plain_ms"] / row["ours_ms"], rel=0.05
        )
        assert row["name"] in document.read_text()
    assert found["machine"]["torch"] == torch.__version__
    text = document.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text


def test_a_document_without_marks_is_named_and_left_alone(tmp_path):
    document = tmp_path / "speed.md"
    document.write_text("nothing here\n")
    with pytest.raises(ValueError, match="no place for bench"):
        replace_section(document, "bench", "new")
    assert document.read_text() == "nothing here\n"
