"""The page's scripts as modules: their pure functions, imported and called in a real Chromium."""

from itertools import pairwise

import numpy as np
import pytest

from pix2pix.ui import web

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run_script(chromium, studio_url):
    """run_script(name of a module, expression in which `m` is that module): what it returns.

    The page itself stays empty: the modules need no studio.
    """
    page = chromium.new_page()
    page.route("**/empty", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(studio_url + "empty")

    def run(name: str, expression: str, argument=None):
        code = f"async ([url, a]) => {{ const m = await import(url); return ({expression}); }}"
        return page.evaluate(code, [f"/{web.address(name)}", argument])

    yield run
    page.close()


def test_every_module_can_be_imported(run_script):
    for name in web.scripts():
        assert run_script(name, "Object.keys(m).length") > 0, name


def test_contain_keeps_shape_and_center(run_script):
    for width, height in ((500, 400), (300, 900), (64, 64)):
        x, y, w, h = run_script("canvas/geometry.js", "m.contain(...a)", [width, height, 256, 256])
        assert w / h == pytest.approx(width / height) and max(w, h) == pytest.approx(256)
        assert (x + w / 2, y + h / 2) == pytest.approx((128, 128))


def test_a_free_stroke_is_a_chain_without_gaps(run_script):
    points = [{"x": x, "y": (7 * x) % 50} for x in range(0, 60, 10)]
    stroke = {"tool": "free", "value": True, "width": 2, "mirror": False, "points": points}
    for smooth, end in ((True, {"x": 70, "y": 3}), (False, None)):
        marks = run_script("canvas/strokes.js", "m.marksOf(a)", {**stroke, "smooth": smooth, "end": end})
        assert marks[0]["shape"] == "dot"
        for before, after in pairwise(marks[1:]):
            assert before["points"][-1] == after["points"][0]
        assert marks[-1]["points"][-1] == (end or points[-1])


@pytest.mark.parametrize("kind", ["lines", "labels", "mask"])
def test_strokes_drawn_again_give_the_same_pixels(run_script, kind):
    """What is kept as vectors is what was drawn, also when a part is left out and put back."""
    urls = run_script(
        "canvas/surfaces.js",
        """await (async () => {
            const { drawStroke } = await import(url.replace("surfaces.js", "strokes.js"));
            const palette = [["wall", [0, 0, 170]], ["window", [0, 85, 255]], ["door", [255, 0, 0]]];
            const task = { canvas: a, palette: a === "labels" ? palette : [], ground: "wall" };
            const value = a === "labels" ? 1 : true;
            const at = (...list) => list.map(([x, y]) => ({ x, y }));
            const stroke = (tool, points, more = {}) => (
                { tool, value, width: 5, mirror: true, smooth: a === "lines", points, ...more }
            );
            const strokes = [
                stroke("free", at([20, 30], [60.125, 90], [100, 40]), { end: { x: 110, y: 20 } }),
                stroke("rectangle", at([140, 10], [200, 90])),
                stroke("ellipse", at([40, 150], [90, 220]), { mirror: false }),
            ];
            if (a === "labels") strokes.push(stroke("fill", at([150, 20]), { value: 2 }));
            const draw = (list) => {
                const surface = m.makeSurface(task);
                if (a === "mask") {
                    const photo = new OffscreenCanvas(256, 256);
                    photo.getContext("2d").fillRect(0, 0, 256, 256);
                    surface.place(photo, 256, 256);
                }
                const before = surface.snapshot();
                for (const stroke of strokes) drawStroke(surface, stroke);
                surface.restore(before);
                for (const stroke of list) drawStroke(surface, stroke);
                return surface.toDataURL();
            };
            const copied = JSON.parse(JSON.stringify(strokes));
            return [strokes, copied, strokes.slice(1), []].map(draw);
        })()""",
        kind,
    )
    assert urls[0] == urls[1]
    assert len(set(urls)) == 3


def test_undo_goes_back_and_redo_forth_within_the_limit(run_script):
    found = run_script(
        "canvas/undo.js",
        """(() => {
            const stack = new m.UndoStack(3);
            for (const state of [0, 1, 2, 3]) stack.push(state);
            const back = [stack.undo(4), stack.undo(3), stack.undo(2), stack.undo(1)];
            return [back, stack.redo(1), stack.redo(2)];
        })()""",
    )
    assert found == [[3, 2, 1, None], 2, 3]


def test_label_surface_snaps_to_the_nearest_color(run_script):
    palette = [["a", [0, 0, 0]], ["b", [255, 255, 255]], ["c", [200, 30, 30]]]
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (60, 3)).tolist()
    found = run_script(
        "canvas/label_surface.js",
        "a.colors.map((rgb) => new m.LabelSurface(a.palette, 0).nearest(...rgb))",
        {"palette": palette, "colors": colors},
    )
    targets = np.array([rgb for _, rgb in palette])
    distances = ((np.array(colors)[:, None] - targets) ** 2).sum(-1)
    assert found == distances.argmin(1).tolist()
