"""axe-core finds no violation on any panel, light and dark, on a desktop and on a phone."""

from importlib.resources import files

import pytest
from browser import DESKTOP, PHONE

pytest_plugins = ["browser"]
pytestmark = pytest.mark.browser
AXE = files("axe_playwright_python").joinpath("axe.min.js")
PANELS = ("Draw", "Samples", "Patch sizes", "Losses and skips", "About")


def violations(page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][-200:]})"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("settings", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(visit, settings, scheme):
    someone = visit(settings)
    someone.open(f"?__theme={scheme}")
    for name in PANELS:
        someone.page.get_by_role("tab", name=name).click()
        someone.page.wait_for_timeout(1500 if name in ("Draw", "About") else 4000)
        found = violations(someone.page)
        assert not found, (name, found)
    for task in ("facades", "inpaint"):
        someone.page.get_by_role("tab", name="Draw").click()
        someone.choose(task)
        found = violations(someone.page)
        assert not found, (task, found)


def test_axe_would_find_a_violation(desktop):
    """The check itself works: a button without a name is found."""
    desktop.page.evaluate("document.querySelector('.steps').append(document.createElement('button'))")
    assert any(one.startswith("button-name") for one in violations(desktop.page))
