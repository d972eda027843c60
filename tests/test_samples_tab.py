"""The Samples tab: what its handlers answer, and what a visitor sees of it in a real Chromium."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from pix2pix.evaluation.color_statistics import (
    describe,
    gradient_energy,
    histogram,
    read_color_statistics,
    spread,
    write_color_statistics,
)
from pix2pix.evaluation.metrics import histogram_intersection
from pix2pix.images import load_image
from pix2pix.tasks import find_task
from pix2pix.ui.drawing import decode_data_url, make_value, prepare, read_value
from pix2pix.ui.panels.samples import describe_spread, draw_samples, keep_sample, make_samples, sample
from pix2pix.ui.pool import translators
from pix2pix.ui.scales import HEAT, NICE_TOPS, colors, nice_top, paint
from pix2pix.ui.tiles import examples_of

pytest_plugins = ["browser"]


@pytest.fixture
def weights(shipped):
    """Tiny untrained checkpoints, and no model loaded from elsewhere."""
    translators.cache_clear()
    yield shipped
    translators.cache_clear()


def canvas_with(task: str, example: int = 0) -> dict:
    return make_value(task, load_image(examples_of(task)[example]))


def pixels(url: str) -> np.ndarray:
    return np.asarray(decode_data_url(url))


# --- numbers ---------------------------------------------------------------------------------------------


def test_spread_of_known_pictures():
    pictures = [Image.new("RGB", (3, 2), (level, 10, 10)) for level in (0, 30)]
    mean, sigma = spread(pictures)
    assert (mean == (15, 10, 10)).all()
    assert sigma == pytest.approx(np.full((2, 3), 5.0))  # 15 in red, 0 in green and blue


def test_histograms_and_their_intersection():
    half = histogram(np.array([-1.0, 1.0, 1.0, 200.0]))
    assert half.sum() == 1 and half[-1] == 0.25, "what is beyond the range counts at its end"
    assert histogram_intersection(half, half) == 1
    assert histogram_intersection(histogram(np.zeros(4)), histogram(np.full(4, 50.0))) == 0


def test_gradient_energy_falls_with_blur():
    ramp = np.tile(np.arange(8.0), (8, 1))
    assert gradient_energy(ramp) == 1 and gradient_energy(np.full((8, 8), 7.0)) == 0
    rng = np.random.default_rng(0)
    sharp = Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8))
    soft = sharp.resize((16, 16), Image.Resampling.BOX).resize((32, 32), Image.Resampling.BICUBIC)
    assert describe(np.asarray(soft)).gradient_energy < 0.5 * describe(np.asarray(sharp)).gradient_energy


def test_red_lies_on_the_red_side():
    found = describe(np.full((4, 4, 3), (200, 20, 20), np.uint8))
    assert int(np.argmax(found.a)) > 22 and sum(found.a) == pytest.approx(1)


def test_color_statistics_are_kept_beside_the_weights(pairs_folder, tmp_path):
    from conftest import TINY, save_checkpoint

    folder = save_checkpoint(tmp_path, "boxes", direction="BtoA", **TINY)
    assert read_color_statistics(folder) is None
    write_color_statistics(folder, pairs_folder)
    found = read_color_statistics(folder)
    assert sum(found.a) == pytest.approx(1, abs=1e-4) and found.gradient_energy > 0
    (folder / "color.json").write_text('{"a": [1], "b": [1], "gradient_energy": 1}')
    assert read_color_statistics(folder) is None, "a file that does not fit is as good as none"


def test_the_scale_is_round_and_holds_the_values():
    for reach in (0, 0.4, 3, 17, 90, 500):
        top = nice_top(np.full((4, 4), float(reach)))
        assert top in NICE_TOPS and top >= min(reach, NICE_TOPS[-1])
    shown = np.asarray(paint(np.array([[0.0, 5.0, 99.0]]), 5, HEAT))
    assert tuple(shown[0, 0]) == HEAT[0] and (shown[0, 1] == shown[0, 2]).all()
    lightness = colors(HEAT).astype(int).sum(-1)
    assert (np.diff(lightness) >= 0).all(), "more σ is never darker"


# --- the handlers ----------------------------------------------------------------------------------------


def test_samples_differ_and_a_seed_repeats(weights):
    canvas = canvas_with("facades")
    first = make_samples(canvas, {"count": 4, "seed": 7})
    shown = [pixels(one["picture"]) for one in first["pictures"]]
    assert [one["seed"] for one in first["pictures"]] == [7, 8, 9, 10]
    for index, one in enumerate(shown):
        assert one.shape == (256, 256, 3)
        assert all(not np.array_equal(one, other) for other in shown[:index])
    later = make_samples(canvas, {"count": 4, "seed": 9})
    assert np.array_equal(pixels(later["pictures"][0]["picture"]), shown[2]), "seed 9 is seed 9"
    mean, sigma = spread([Image.fromarray(one) for one in shown])
    assert np.array_equal(pixels(first["mean"]), mean)
    assert first["mean_sigma"] == pytest.approx(sigma.mean()) and first["mean_sigma"] > 0
    assert first["repeatable"] and "paper" in first["words"]


@pytest.mark.parametrize("asked", [{"rate": 0}, {"layers": [False] * 3}])
def test_without_noise_sigma_is_zero_everywhere(weights, asked):
    found = make_samples(canvas_with("facades"), {"count": 4, **asked})
    assert found["mean_sigma"] == 0 and "No noise" in found["words"] and not found["repeatable"]
    assert (pixels(found["sigma"]) == HEAT[0]).all()
    [plain, *others] = [pixels(one["picture"]) for one in found["pictures"]]
    assert all(np.array_equal(plain, other) for other in others)
    drawing = prepare(find_task("facades"), load_image(examples_of("facades")[0]))
    expected = np.asarray(translators().get("facades").translate(drawing, seed=None)).astype(int)
    assert np.abs(plain - expected).max() <= 1


def test_the_words_fit_the_map():
    """Thresholds as read off five façade drawings and the shipped model: σ of 4 to 8, hardly seen by eye."""
    on, rate = (True,) * 3, 0.5
    assert "hardly" in describe_spread(np.full((20, 20), 1.0), rate, on)
    assert "look alike" in describe_spread(np.full((20, 20), 4.5), rate, on)
    assert "undecided" in describe_spread(np.full((20, 20), 30.0), rate, on)
    assert "not the noise of training" in describe_spread(np.full((20, 20), 4.5), 0.2, on)
    assert "not the noise of training" in describe_spread(np.full((20, 20), 4.5), rate, (True, False, True))
    restless = np.ones((20, 20))
    restless[:2] = 9  # a tenth of the pixels: 9 of 18 parts
    assert "holds 50%" in describe_spread(restless, rate, on)


def test_one_layer_alone_makes_less_noise_than_three(weights):
    every = make_samples(canvas_with("facades"), {"count": 9})["mean_sigma"]
    alone = make_samples(canvas_with("facades"), {"count": 9, "layers": [True, False, False]})["mean_sigma"]
    assert 0 < alone < every


@pytest.mark.parametrize("task", ["gray2color", "inpaint", "cutout"])
def test_samples_of_every_kind_of_input(weights, task):
    found = make_samples(canvas_with(task), {"count": 4})
    assert "error" not in found, found
    assert pixels(found["sigma"]).shape == pixels(found["mean"]).shape


def test_the_same_wish_is_answered_shortly(weights):
    canvas = canvas_with("facades")
    found = make_samples(canvas, {"count": 4})
    assert make_samples(canvas, {"count": 4, "seen": found["seen"]}) == {"same": True}
    assert "pictures" in make_samples(canvas, {"count": 4, "seed": 1, "seen": found["seen"]})


def test_an_example_stays_until_another_one_is_asked_for(weights):
    found = make_samples(canvas_with("facades"), {"count": 4, "source": "example"})
    again = make_samples(None, {"count": 4, "source": "example", "name": found["name"]})
    assert "error" in again, "without a canvas value the task is not known"
    again = make_samples(canvas_with("facades"), {"count": 4, "source": "example", "name": found["name"]})
    assert again["drawing"] == found["drawing"]
    other = make_samples(canvas_with("facades"), {"count": 4, "source": "example", "avoid": found["name"]})
    assert other["drawing"] != found["drawing"]


@pytest.mark.parametrize(
    ("canvas", "asked", "said"),
    [
        (None, {}, "no drawing yet"),
        ("facades", {"count": 5}, "5 samples"),
        ("facades", {"rate": 2}, "dropout rate is 2"),
        ("facades", {"seed": -1}, "seed"),
        ("facades", {"layers": [True]}, "3 switches"),
        ("facades", {"source": "moon"}, "source"),
        ("edges2cats", {}, "no weights"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(weights, canvas, asked, said):
    answer = make_samples(canvas_with(canvas) if canvas else None, asked)
    assert list(answer) == ["error"] and said in answer["error"] and "\n" not in answer["error"]


def test_a_kept_sample_can_be_had_again_on_the_draw_tab(weights):
    canvas = canvas_with("facades")
    found = make_samples(canvas, {"count": 4, "seed": 40})
    kept = keep_sample({"task": "facades", "seed": 42, "drawing": found["drawing"]})
    task, drawing, seed = read_value(kept)
    assert (task, seed) == ("facades", 42)
    again = np.asarray(translators().get(task).translate(drawing, seed=seed)).astype(int)
    # At once and alone round differently where the processor computes in bfloat16.
    assert np.abs(again - pixels(found["pictures"][2]["picture"])).mean() < 1
    assert keep_sample({"task": "facades", "seed": 42})["drawing"] is None, "the canvas keeps its own drawing"


def test_the_endpoint(weights):
    example = str(examples_of("facades")[0])
    gallery, heat, mean_sigma = sample(example, "facades", 3, 5, 0.5)
    assert [caption for _, caption in gallery] == ["seed 5", "seed 6", "seed 7"]
    assert heat.size == (256, 256) and mean_sigma > 0
    drawing = prepare(find_task("facades"), load_image(example))
    [alone], _ = draw_samples("facades", drawing, [6])
    assert np.abs(np.asarray(alone).astype(int) - np.asarray(gallery[1][0])).mean() < 1
    for wrong in (
        (example, "facades", 17, 0, 0.5),
        (None, "facades", 4, 0, 0.5),
        (example, "moon", 4, 0, 0.5),
    ):
        with pytest.raises(Exception, match=r"count is 17|no image|moon"):
            sample(*wrong)


# --- in a browser ----------------------------------------------------------------------------------------


def shown_pictures(page, selector: str) -> list[np.ndarray]:
    urls = page.evaluate("selector => [...document.querySelectorAll(selector)].map(one => one.src)", selector)
    content = [base64.b64decode(url.partition(",")[2]) for url in urls]
    return [np.asarray(Image.open(io.BytesIO(one)).convert("RGB")) for one in content]


class Answers:
    """with Answers(page): … waits until the tab has answered what was asked inside."""

    def __init__(self, page, tab: str):
        self.page, self.tab = page, tab

    def count(self) -> int:
        return int(self.page.evaluate("tab => document.querySelector(tab)?.dataset.answers || 0", self.tab))

    def __enter__(self):
        self.before = self.count()

    def __exit__(self, kind, *_):
        if kind is None:
            self.page.wait_for_function(
                "([tab, before]) => Number(document.querySelector(tab)?.dataset.answers || 0) > before",
                arg=[self.tab, self.before],
                timeout=90_000,
            )


@pytest.mark.browser
def test_a_visitor_looks_at_samples(visitor):
    page = visitor.page
    visitor.choose("facades")
    answers = Answers(page, "#samples .panel")
    with answers:
        page.get_by_role("tab", name="Samples").click()
    first = shown_pictures(page, "#samples .grid img")
    assert len(first) == 9 and not np.array_equal(first[0], first[1])
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    with answers:
        page.get_by_role("button", name="New samples").click()
    assert not np.array_equal(shown_pictures(page, "#samples .grid img")[0], first[0])
    with answers:
        page.locator("#samples .seed input").fill("0")
        page.locator("#samples .seed input").press("Tab")
    assert np.array_equal(shown_pictures(page, "#samples .grid img"), first), "the seed brings them back"
    page.get_by_role("button", name="Sample with seed 4:").click()
    assert np.array_equal(shown_pictures(page, "#samples .chosen")[0], first[4])
    page.wait_for_function("document.querySelector('#canvas .seed input').value === '4'", timeout=30_000)
    with answers:
        page.locator("#samples .rate input").fill("0")
        page.locator("#samples .rate input").dispatch_event("change")
    assert (shown_pictures(page, "#samples .sigma")[0] == HEAT[0]).all()
    assert page.locator("#samples .number").inner_text() == "0.00"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save grid").click()
    assert Image.open(download.value.path()).size == (3 * 260 - 4, 3 * 260 - 4)
