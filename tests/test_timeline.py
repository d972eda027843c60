"""The About panel says of each task where it comes from."""

from pix2pix.tasks import TASKS
from pix2pix.ui.timeline import COMMUNITY, PAPER, timeline


def test_every_task_is_named_once():
    text = timeline()
    for task in TASKS.values():
        assert text.count(f"**{task.title}**") == 1, task.name
    assert not set(PAPER) & set(COMMUNITY)


def test_years_come_in_their_order_and_say_what_is_missing():
    paper, community, ours = timeline().split("\n\n")[1:]
    assert paper.startswith("*2016") and community.startswith("*2017") and ours.startswith("*Today")
    assert "day → night" in paper and "sketch → Pokémon" in community and "Photo to drawing" in ours
