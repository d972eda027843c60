"""Faces cut out of paintings: within the painting, around the face, each twice."""

import json

import numpy as np
import pytest
from PIL import Image

from tools import portraits


@pytest.mark.parametrize(
    ("box", "reach", "expected"),
    [
        ((100, 100, 40, 40), 1.0, (80, 80, 160, 160)),  # room on all sides
        ((0, 0, 40, 40), 1.0, (0, 0, 80, 80)),  # moved off the edge
        ((150, 190, 40, 40), 1.5, (80, 150, 200, 270)),  # moved, at the right side
        ((90, 100, 100, 100), 1.5, (0, 50, 200, 250)),  # as large as the painting is wide
    ],
)
def test_a_square_lies_within_the_painting(box, reach, expected):
    assert portraits.square(box, reach, (200, 300)) == expected


def test_every_box_is_one():
    boxes = json.loads(portraits.BOXES.read_text())
    assert len(boxes) == 203
    assert all(len(box) == 4 and min(box[2:]) >= 40 and min(box[:2]) >= 0 for box in boxes.values())


def test_each_face_is_cut_twice_and_a_tenth_is_held_out(tmp_path, monkeypatch):
    """Painting k has a face of gray level 10·k on white: both crops have it in their middle."""
    boxes = {f"{k}.jpg": [80, 120, 40, 40] for k in range(1, 21)}
    monkeypatch.setattr(portraits, "BOXES", tmp_path / "boxes.json")
    portraits.BOXES.write_text(json.dumps(boxes))
    paintings = tmp_path / "paintings" / "below"
    paintings.mkdir(parents=True)
    for k in range(1, 21):
        painting = np.full((300, 200, 3), 255, np.uint8)
        painting[120:160, 80:120] = 10 * k
        Image.fromarray(painting).save(paintings / f"{k}.jpg", quality=95)
    assert portraits.cut_faces(tmp_path / "paintings", tmp_path / "out") == 20
    assert len(list((tmp_path / "out" / "train").iterdir())) == 36
    assert sorted(path.stem for path in (tmp_path / "out" / "val").iterdir()) == [
        "10_bust", "10_close", "20_bust", "20_close",
    ]  # fmt: skip
    for path in (tmp_path / "out").rglob("*.png"):
        face = np.asarray(Image.open(path).convert("L"))
        assert face.shape == (portraits.SIDE,) * 2 and face[2, 2] == 255
        assert abs(int(face[160, 160]) - 10 * int(path.stem.split("_")[0])) <= 2


def test_a_missing_painting_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"no 2\.jpg; expected the paintings"):
        portraits.cut_faces(tmp_path, tmp_path / "out")
