"""A checkpoint comes from anywhere: what its config tells is only text in the card."""

import json
import re

import pytest
from conftest import save_checkpoint

from pix2pix.cards import card_text, write_table
from pix2pix.data.recipes import Recipe
from pix2pix.ui.model_cards import model_card

EVIL = "<script>alert(1)</script> | `x` [a](javascript:b) ![c](//d)"


@pytest.mark.slow
def test_a_card_holds_no_markup_of_a_config(tmp_path, monkeypatch):
    folder = save_checkpoint(tmp_path, "facades", crop_size=32, load_size=32)
    settings = json.loads((folder / "config.json").read_text())
    settings["task"] = EVIL
    settings["recipe"] |= {"task": EVIL, "start_from": EVIL, EVIL: EVIL, "note": "a\n```\n<img src=x>"}
    settings["training"] |= {"machine": EVIL, "losses": {EVIL: 1.0}}
    card = card_text(folder, settings, Recipe(()), "")
    (folder / "config.json").write_text(json.dumps(settings))
    table = write_table(tmp_path).read_text()
    for text in (card, table):
        assert not re.search(r"<(script|img)|\]\(javascript|!\[c\]", text)
        assert "&lt;script&gt;" in text
    assert card.count("```") == 2
    (folder / "README.md").write_text(card)
    monkeypatch.setenv("PIX2PIX_CHECKPOINTS", str(tmp_path))
    assert "<script" not in model_card("facades")
