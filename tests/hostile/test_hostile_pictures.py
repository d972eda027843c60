"""Every picture is read or refused in one line that names it: no other exception, bounded memory and time."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hostile.pictures import IMAGE, ODD_EXIF, SIDE, Case, cases, chunk, high_depths, mutants, png
from PIL import Image

from pix2pix.decoding import COMMAND_LINE_FORMATS, UPLOAD_FORMATS, load_image, worker
from pix2pix.decoding.worker import Decoder

ROOT = Path(__file__).resolve().parents[2]


def outcome(case: Case, folder: Path) -> Image.Image | str:
    """The image, or what was said, checked to be one line that names the file."""
    path = folder / "visitor's file.png"
    path.write_bytes(case.content)
    try:
        image = load_image(path)
    except ValueError as error:
        said = str(error)
        assert said.startswith(f"{path}: ") and "\n" not in said, said
        assert not re.search(r"0x[0-9a-f]{6}|Traceback|Error\b", said), said
        return said.removeprefix(f"{path}: ")
    assert image.mode in ("RGB", "RGBA") and not image.info.get("exif")
    return image


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_right_answers(case, tmp_path):
    found = outcome(case, tmp_path)
    if case.right == IMAGE:
        assert isinstance(found, Image.Image), found
        assert {*found.size} <= {SIDE, 64}
    else:
        assert isinstance(found, str) and re.search(case.right, found), found


def test_damaged_files_of_every_decoder(tmp_path):
    read = 0
    for case in mutants(25):
        found = outcome(case, tmp_path)
        read += isinstance(found, Image.Image)
    assert read > 10  # damage in the pixels alone is seldom noticed


@pytest.mark.parametrize("name", ODD_EXIF)
def test_the_orientation_is_read_beside_odd_values(name):
    """An orientation of 6: what was above is to the right."""
    image = Image.new("RGB", (8, 4), "white")
    image.paste("black", (0, 0, 8, 1))
    turned = load_image(png(chunk(b"eXIf", ODD_EXIF[name]), image=image))
    assert turned.size == (4, 8)
    assert turned.getpixel((3, 4)) == (0, 0, 0) and turned.getpixel((0, 4)) == (255, 255, 255)


RAMPS = [case for case in high_depths() if case[2] == IMAGE]


@pytest.mark.parametrize(("name", "content"), [case[:2] for case in RAMPS], ids=[case[0] for case in RAMPS])
def test_high_depths_keep_their_range(name, content):
    """Each is a ramp from its own black to its own white."""
    levels = np.asarray(load_image(content).convert("RGB"), float)[..., 0]
    expected = np.linspace(0, 255, SIDE * SIDE).reshape(SIDE, SIDE)
    if "transparency" in name:
        expected[-1, -1] = levels[-1, -1]
    assert np.abs(levels - expected).max() <= 1


def test_a_turned_tiff_is_turned_once(tmp_path):
    image = Image.new("L", (8, 4), 255)
    image.paste(0, (0, 0, 8, 1))
    for compression in (None, "tiff_adobe_deflate"):
        image.save(tmp_path / "a.tif", compression=compression, tiffinfo={274: 6})
        turned = load_image(tmp_path / "a.tif")
        assert turned.size == (4, 8) and turned.getpixel((3, 4)) == (0, 0, 0)


def test_uploads_are_taken_in_fewer_formats():
    assert set(COMMAND_LINE_FORMATS) - set(UPLOAD_FORMATS) == {"TIFF", "AVIF"}
    tiff = next(case.content for case in cases() if case.name == "plain TIFF")
    with pytest.raises(ValueError, match=r"TIFF files are not read here \(expected PNG, JPEG, WebP, BMP"):
        load_image(tiff, UPLOAD_FORMATS)


# --- Memory --------------------------------------------------------------------------------------------

MEASURE = """
import json, sys
from pathlib import Path
from pix2pix.decoding import load_image

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1000

small, *large = sys.argv[1:]
load_image(small)
for path in large:
    for most in (None, 4_000_000):
        Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
        before = peak()
        try:
            told = load_image(path, most=most).size
        except ValueError as error:
            told = str(error)
        print(json.dumps([Path(path).name, most, peak() - before, told]))
"""

LARGE = {  # as large as is read, and larger
    "RGB.png": lambda: (Image.new("RGB", (7071, 7071)), {}),
    "turned.png": lambda: (Image.new("RGB", (7071, 7071)), {"exif": b"Exif\0\0" + ODD_EXIF["big endian"]}),
    "I16.png": lambda: (Image.new("I;16", (7000, 7000)), {}),
    "progressive.jpg": lambda: (Image.new("RGB", (6500, 6500)), {"progressive": True, "subsampling": 0}),
    "CMYK.jpg": lambda: (Image.new("CMYK", (7071, 7071)), {}),
    "lossless.webp": lambda: (Image.new("RGB", (4200, 4200)), {"lossless": True, "quality": 0, "method": 0}),
    "P.gif": lambda: (Image.new("P", (7071, 7071)), {}),
    "float.tif": lambda: (Image.new("F", (7000, 7000)), {"compression": "tiff_adobe_deflate"}),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")
def test_no_accepted_file_takes_300_megabytes(tmp_path):
    paths = []
    Image.new("RGB", (8, 8)).save(tmp_path / "small.png")
    for name, make in LARGE.items():
        image, options = make()
        options = {"compress_level": 1, **options} if name.endswith(".png") else options
        paths.append(tmp_path / name)
        image.save(paths[-1], **options)
        del image
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "small.png", *paths],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 2 * len(LARGE)
    for name, most, megabytes, told in found:
        assert megabytes < 300, (name, most, megabytes, told)
    accepted = {name for name, _, _, told in found if not isinstance(told, str)}
    assert accepted == LARGE.keys() - {"lossless.webp"}, found
    assert max(megabytes for _, _, megabytes, _ in found) > 150  # that something was measured


# --- A process of its own ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decoder():
    found = Decoder()
    yield found
    found.close()


def test_the_process_decodes_the_same(decoder):
    for case in [*cases()[:20], *mutants(2)]:
        try:
            expected: object = load_image(case.content, UPLOAD_FORMATS).tobytes()
        except ValueError as error:
            expected = str(error)
        try:
            found: object = decoder.load(case.content).tobytes()
        except ValueError as error:
            found = str(error)
        assert found == expected, case.name


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_too_complex_and_the_next_is_read(decoder, tmp_path, monkeypatch):
    Image.new("RGB", (7000, 7000)).save(tmp_path / "slow.png", compress_level=1)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "PATIENCE", 0.05)
        with pytest.raises(ValueError, match=r"slow\.png: too complex: it could not be decoded within"):
            decoder.load(tmp_path / "slow.png")
    assert decoder.load(next(case.content for case in cases())).size == (SIDE, SIDE)
    decoder.process.kill()
    decoder.process.wait()
    assert decoder.load(next(case.content for case in cases())).size == (SIDE, SIDE)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="Windows has no such limit")
def test_the_system_ends_a_process_that_computes_too_long():
    code = "from pix2pix.decoding.worker import limit_time\nlimit_time(0)\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=120).returncode == -signal.SIGXCPU
