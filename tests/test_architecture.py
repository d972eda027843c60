"""The picture of the import table."""

import pytest

from tools.architecture import direct, imports, levels, picture, rooms


def test_a_room_stands_above_all_that_it_imports():
    table = {"ui": {"models", "files"}, "models": {"config"}, "config": set(), "files": set()}
    assert levels(table) == {"config": 0, "files": 0, "models": 1, "ui": 2}
    with pytest.raises(ValueError, match=r"circle among \['a', 'b'\]"):
        levels({"a": {"b"}, "b": {"a"}, "c": set()})


def test_an_import_that_others_imply_has_no_arrow():
    table = {"ui": {"models", "config"}, "models": {"config"}, "config": set()}
    assert direct(table) == {"ui": {"models"}, "models": {"config"}, "config": set()}


def test_the_picture_has_every_room_and_is_the_same_each_time():
    table = imports(rooms())
    drawn = picture(table)
    assert drawn == picture(dict(reversed(table.items())))
    for name in table:
        assert f">{name}/<" in drawn or f">{name}.py<" in drawn
    assert drawn.count("<path") == sum(map(len, direct(table).values()))
