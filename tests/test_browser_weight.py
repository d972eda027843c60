"""How much a first visit loads, with the shipped weights: the budget of a page on a slow line."""

import pytest
from browser import running_studio

from benchmarks.page_weight import visit

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser


def test_the_first_picture_comes_with_less_than_350_kb(chromium, tmp_path):
    with running_studio(tmp_path, None) as url:
        found = visit(chromium, url, megabits=1000, latency=0)
    assert 100_000 < found["bytes"] < 350_000
