"""docs/tables.md from figures: dashes, orders, what is kept of earlier runs; and measured on small pairs."""

import json

import numpy as np
import pytest
from conftest import save_checkpoint
from PIL import Image

from pix2pix.evaluation import ablations, metrics, paper_tables, report, tables
from pix2pix.evaluation.evaluate import fcn_figures
from pix2pix.evaluation.paper_tables import CITYSCAPES, FACADES

RIGHT, WRONG = np.array([[9, 1], [1, 9]]), np.array([[5, 5], [5, 5]])


def figures(confusions: list[np.ndarray], **changes) -> dict:
    """A checkpoint's entry, all but the FCN-score made up."""
    lattice = {where: {p: {"ratio": 1.5, "rms": 0.25} for p in "248"} for where in ("off", "on")}
    histogram = {"L": 0.9, "a": 0.8, "b": 0.7}
    plain = {"l1": 0.25, "psnr": 14.5, "ssim": 0.5, "diversity": 3.0, "feature_distance": 4.25, "pictures": 2}
    entry = {"task": "t", "set": "s", "steps": 1234, "histogram": histogram, "lattice": lattice, **plain}
    return {**entry, **fcn_figures(confusions), **changes}


def result(**confusions: list[np.ndarray]) -> dict:
    """As `evaluate` gives it, with the gaps it would find."""
    real = {**figures([RIGHT, RIGHT]), "color_baseline": fcn_figures([WRONG, WRONG])}
    gaps: dict = {}
    names = list(confusions)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            pair = (np.stack(confusions[one]), np.stack(confusions[other]))
            gaps.setdefault(one, {})[other] = metrics.difference_interval(*pair, draws=50)
    checkpoints = {name.replace("_", "-"): figures(each) for name, each in confusions.items()}
    renamed = {a.replace("_", "-"): {b.replace("_", "-"): v for b, v in o.items()} for a, o in gaps.items()}
    return {"sets": {"s": real}, "checkpoints": checkpoints, "gaps": renamed}


def test_a_dash_stands_for_what_is_not_there():
    text = paper_tables.section(result(facades_l1=[RIGHT, WRONG]), FACADES)
    assert "| L1 | 0.70 | 0.70 | 0.54 | 0.42 | 0.15 | 0.11 |" in text
    assert "| GAN | – | – | – | 0.22 | 0.05 | 0.01 |" in text
    assert "reads real photos at 0.90 · 0.90 · 0.82; the color-only baseline" in text
    assert "| facades-l1 | 1,234 | 0.250 |" in text and "Which orders hold" not in text


def test_orders_are_compared_with_the_papers_and_told_with_intervals():
    good, bad = [RIGHT, RIGHT], [WRONG, WRONG]
    text = paper_tables.orders(result(facades_l1=bad, facades_cgan=good), FACADES)
    assert "Objectives, by class IoU: cGAN > L1 (the paper's order)." in text
    assert "- cGAN over L1: +0.400 (+0.400 … +0.400), " in text  # nine of ten against five, on every picture
    text = paper_tables.orders(result(facades_l1=good, facades_cgan=bad), FACADES)
    assert "L1 > cGAN (the paper: cGAN > L1)." in text


def test_cityscapes_has_the_same_tables_with_its_own_runs():
    names = CITYSCAPES.checkpoints()
    assert "cityscapes-l1" in names and "cityscapes-labels-l1" in names
    assert len(names) == len(FACADES.checkpoints()) and not any("facades" in name for name in names)
    text = paper_tables.section(result(cityscapes_l1=[RIGHT]), CITYSCAPES)
    assert "| L1 | 0.90 |" in text and "plots/cityscapes-objectives.png" in text


def test_earlier_runs_are_kept_and_measured_ones_replaced():
    old = result(facades_l1=[RIGHT, RIGHT], facades_cgan=[WRONG, WRONG], facades_gan=[WRONG, RIGHT])
    new = result(facades_l1=[WRONG, WRONG])
    both = tables.merged(old, new)
    assert set(both["checkpoints"]) == {"facades-l1", "facades-cgan", "facades-gan"}
    assert both["checkpoints"]["facades-l1"]["pixel_accuracy"] == 0.5
    assert both["gaps"] == {"facades-cgan": {"facades-gan": old["gaps"]["facades-cgan"]["facades-gan"]}}
    assert tables.merged({}, new) == new
    # A gap that was never measured is told without an interval.
    assert "(" not in paper_tables.gap_with_interval(both, "facades-l1", "facades-gan")


def test_figures_of_an_older_form_are_measured_again(tmp_path, capsys):
    (tmp_path / "tables.json").write_text('{"real": {}, "checkpoints": {}}', encoding="utf-8")
    assert tables.read(tmp_path / "tables.json") == tables.read(tmp_path / "none.json") == {}
    assert tables.main(["--docs", str(tmp_path)]) == 0
    assert "tables.json: of an older form and left out; measure it with --part facades" in (
        capsys.readouterr().out
    )


@pytest.mark.slow
def test_the_document_is_rendered_from_the_figures_on_disk(tmp_path):
    for part, file in tables.PARTS.items():
        prefix = "facades" if part == "tasks" else part
        found = result(**{f"{prefix}_l1": [RIGHT], f"{prefix}_cgan": [WRONG]})
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(json.dumps(found), encoding="utf-8")
    assert tables.main(["--docs", str(tmp_path)]) == 0
    text = (tmp_path / "tables.md").read_text(encoding="utf-8")
    for heading in ("on façades", "on Cityscapes", "## Every task", "### Lattice"):
        assert heading in text
    assert "| real pictures | 1.5 (0.25) |" in text
    for link in [line.split("(")[-1].rstrip(")") for line in text.splitlines() if line.startswith("![")]:
        assert (tmp_path / link).stat().st_size > 5000


def test_tables_are_measured_where_there_are_pairs(tmp_path, monkeypatch, capsys):
    """One shipped task with pairs, one without: the first is measured, the second named."""
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "checkpoints"))
    for task in ("sketch2emoji", "map2aerial"):
        save_checkpoint(tmp_path / "checkpoints", task, crop_size=64, load_size=72)
    pair = np.random.default_rng(0).integers(0, 256, (64, 128, 3), dtype=np.uint8)
    (tmp_path / "data" / "emoji" / "val").mkdir(parents=True)
    Image.fromarray(pair).save(tmp_path / "data" / "emoji" / "val" / "one.png")
    (tmp_path / "data" / "maps" / "val").mkdir(parents=True)
    line = ["--data", str(tmp_path / "data"), "--docs", str(tmp_path / "docs"), "--samples", "1"]
    assert tables.main([*line, "--part", "tasks"]) == 0
    assert "maps: no pairs found" in capsys.readouterr().out
    stored = tables.read(tmp_path / "docs" / tables.PARTS["tasks"])
    (entry,) = stored["checkpoints"].values()
    text = (tmp_path / "docs" / "tables.md").read_text(encoding="utf-8")
    assert f"| sketch2emoji | 1 | {entry['l1']:.3f} |" in text and "The paper's tables" not in text


@pytest.fixture
def two_tasks(tmp_path, monkeypatch):
    """Two shipped tasks with one pair each. Returns the command line that measures them."""
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "checkpoints"))
    pair = np.random.default_rng(0).integers(0, 256, (64, 128, 3), dtype=np.uint8)
    for task, data in (("sketch2emoji", "emoji"), ("map2aerial", "maps")):
        save_checkpoint(tmp_path / "checkpoints", task, crop_size=64, load_size=72)
        (tmp_path / "data" / data / "val").mkdir(parents=True)
        Image.fromarray(pair).save(tmp_path / "data" / data / "val" / "one.png")
    line = ["--data", str(tmp_path / "data"), "--docs", str(tmp_path / "docs"), "--samples", "1"]
    return [*line, "--part", "tasks"]


def test_tasks_are_measured_one_by_one_and_go_on_where_they_were_cut_off(
    two_tasks, tmp_path, monkeypatch, capsys
):
    measured, evaluate = [], tables.evaluate

    def cut_off(folders, data, options):
        if measured:
            raise ValueError("cut off")
        measured.extend(folder.name for folder in folders)
        return evaluate(folders, data, options, quiet=True)

    monkeypatch.setattr(tables, "evaluate", cut_off)
    assert tables.main(two_tasks) == 2 and measured == ["map2aerial"]
    file = tmp_path / "docs" / tables.PARTS["tasks"]
    assert list(tables.read(file)["checkpoints"]) == ["map2aerial"]
    monkeypatch.setattr(tables, "evaluate", evaluate)
    assert tables.main(two_tasks) == 0
    assert "map2aerial: measured before with these weights and options" in capsys.readouterr().out
    assert set(tables.read(file)["checkpoints"]) == {"map2aerial", "sketch2emoji"}
    # Other weights or other options are measured again.
    save_checkpoint(tmp_path / "checkpoints", "map2aerial", crop_size=64, load_size=72, seed=1)
    assert tables.main(two_tasks) == 0
    told = capsys.readouterr().out
    assert "sketch2emoji: measured before" in told and "map2aerial: measured before" not in told
    assert tables.main([*two_tasks, "--samples", "2"]) == 0
    assert "measured before" not in capsys.readouterr().out


def test_a_named_task_is_measured_and_the_others_figures_stay(two_tasks, tmp_path):
    file = tmp_path / "docs" / tables.PARTS["tasks"]
    for name in ("sketch2emoji", "map2aerial"):
        assert tables.main([*two_tasks[:-2], "--task", name]) == 0
    assert list(tables.read(file)["checkpoints"]) == ["sketch2emoji", "map2aerial"]
    text = (tmp_path / "docs" / "tables.md").read_text(encoding="utf-8")
    assert 0 < text.index("| map2aerial |") < text.index("| sketch2emoji |")  # the page's order
    with pytest.raises(SystemExit):
        tables.main([*two_tasks, "--task", "moon"])


def test_scores_that_were_not_measured_are_kept(tmp_path):
    path = tmp_path / "scores.json"
    tables.write_scores(result(facades_l1=[RIGHT], facades_cgan=[WRONG]), path)
    unscored = {"edges2cats": figures([])}
    tables.write_scores({"checkpoints": {**unscored, "facades-l1": figures([WRONG])}}, path)
    scores = json.loads(path.read_text(encoding="utf-8"))
    assert set(scores) == {"facades-l1", "facades-cgan"}
    assert scores["facades-l1"] == scores["facades-cgan"] == [0.5, 0.5, pytest.approx(1 / 3)]


def test_runs_are_taken_where_nothing_is_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path / "shipped"))
    save_checkpoint(tmp_path / "shipped", "facades-l1")
    for name in ("facades-l1", "facades-cgan"):
        save_checkpoint(tmp_path / "runs", name)
    found = tables.find_folders("facades", tmp_path / "runs")
    assert found == [tmp_path / "shipped" / "facades-l1", tmp_path / "runs" / "facades-cgan"]


def test_mistakes_get_one_line(tmp_path, capsys):
    assert tables.main(["--docs", str(tmp_path), "--data", str(tmp_path), "--samples", "0"]) == 2
    assert capsys.readouterr().err == "tables: --samples is 0; expected 1 or more\n"


def test_rows_are_aligned_or_markdown():
    rows = [["", "a", "bb"], ["name", "1", "2"]]
    assert report.aligned(rows) == "      a  bb\nname  1   2"
    assert report.markdown(rows) == "|  | a | bb |\n|---|---|---|\n| name | 1 | 2 |"


def test_ablations_resume_what_was_begun(tmp_path):
    (tmp_path / "facades-l1").mkdir()
    (tmp_path / "facades-l1" / "state.safetensors").touch()
    lines = {line[line.index("--task") + 1]: line for line in ablations.commands("data", tmp_path, [])}
    assert "--resume" in lines["facades-l1"] and "--resume" not in lines["facades-cgan"]


@pytest.mark.parametrize("data_set", [FACADES, CITYSCAPES])
def test_every_row_of_the_tables_has_a_run(data_set, tmp_path):
    lines = ablations.commands("data", tmp_path, [], data_set.name)
    runs = {line[line.index("--task") + 1] for line in lines}
    assert set(data_set.checkpoints()) <= runs and all(name.startswith(data_set.name) for name in runs)
