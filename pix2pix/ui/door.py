"""What a request may hold, checked once for all endpoints before Gradio or a handler sees it.

Every function of the canvas, every event and every named endpoint takes JSON; one schema says which: bounded
texts, finite numbers, lists and objects of them, and for the inputs of an endpoint the kind of component.
Handlers then only see plain values. `Unfit` carries the one line that is answered.
"""

import functools
import inspect
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import gradio as gr
import orjson

from pix2pix.ui.drawing import MAX_CHARACTERS

MAX_NUMBER = 1e12
MAX_DEPTH = 6
MAX_ITEMS = 2000  # values of a request, all together
MAX_NAME = 64
SORRY = "That request could not be carried out."

P = ParamSpec("P")
R = TypeVar("R")


class Unfit(Exception):
    """Why a request is refused, in one line for whoever sent it."""


def read_json(body: bytes) -> dict[str, Any]:
    """A request's body. NaN, infinity, and what is not an object are refused."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unfit("the request is not JSON (NaN and Infinity are not)") from None
    if not isinstance(found, dict):
        raise Unfit(f"the request is {kind_of(found)}; expected an object")
    return found


def check_value(value: object, name: str = "data", depth: int = 0, left: list[int] | None = None) -> None:
    """Plain values only, not too many, not too deep."""
    left = [MAX_ITEMS] if left is None else left
    left[0] -= 1
    if left[0] < 0:
        raise Unfit(f"the request holds too many values; expected {MAX_ITEMS:,} at most")
    if depth > MAX_DEPTH:
        raise Unfit(f"{name} is nested too deeply; expected {MAX_DEPTH} levels at most")
    if isinstance(value, str) and len(value) > MAX_CHARACTERS:
        raise Unfit(f"{name} has {len(value):,} characters; expected {MAX_CHARACTERS:,} at most")
    if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
        raise Unfit(f"{name} is {value:.3g}; expected a number up to {MAX_NUMBER:g}")
    if isinstance(value, list):
        for each in value:
            check_value(each, name, depth + 1, left)
    if isinstance(value, dict):
        for key, each in value.items():
            if len(key) > MAX_NAME:
                raise Unfit(f"{name} has a field with a name of {len(key):,} characters")
            check_value(each, f"{name}.{key}" if depth < 2 else name, depth + 1, left)


def text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise Unfit(f"{name} is {kind_of(value)}; expected a text of up to 200 characters")
    return value


def whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit(f"{name} is {kind_of(value)}; expected a whole number")
    return value


def kind_of(value: object) -> str:
    """A value's kind in words."""
    if value is None:
        return "missing"
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(value), "an object")


def make_polite(blocks: gr.Blocks) -> None:
    """Whatever a handler of an event raises becomes one line for the visitor, without a traceback in the log.

    A ValueError is a visitor's mistake and says what it was; anything else is ours and is logged in one line.
    """
    for function in blocks.fns.values():
        if function.fn is not None and not inspect.isgeneratorfunction(function.fn):
            function.fn = polite(function.fn)


def polite(handler: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(handler)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        except gr.Error as error:
            error.print_exception = False
            raise
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception as error:
            print(f"{handler.__name__}: {type(error).__name__}: {place_of(error)}", file=sys.stderr)
            raise gr.Error(SORRY, print_exception=False) from None

    return guarded


def place_of(error: BaseException) -> str:
    """File and line where it was raised, for the log."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{Path(last[0].filename).name}:{last[0].lineno}" if last else "?"


# --- Functions of the canvas ---------------------------------------------------------------------------


def check_canvas_call(body: dict[str, Any], blocks: gr.Blocks) -> str:
    """A call of a component's function. Returns whose it is: the visit that it names, or its session."""
    session = text(body, "session_hash")
    component = blocks.blocks.get(whole(body, "component_id"))
    function = getattr(component, text(body, "fn_name"), None)
    if not getattr(function, "_is_server_fn", False):
        raise Unfit("there is no such function here; reload the page")
    data = body.get("data")
    if not isinstance(data, dict):
        raise Unfit(f"data is {kind_of(data)}; expected an object")
    check_value(data)
    visit = data.get("visit")
    return visit[:MAX_NAME] if isinstance(visit, str) and visit else session


# --- Events and named endpoints ------------------------------------------------------------------------


def check_event(path: str, body: dict[str, Any], blocks: gr.Blocks, uploads: Path) -> None:
    """A call of an event by number, or of an endpoint by name."""
    if body.get("session_hash") is not None or path.rstrip("/").endswith("/queue/join"):
        text(body, "session_hash")
    if body.get("event_id") is not None:
        text(body, "event_id")
    for name in ("trigger_id", "fn_index"):
        if body.get(name) is not None:
            whole(body, name)
    for name in ("simple_format", "batched"):
        if not isinstance(body.get(name, False), bool | None):
            raise Unfit(f"{name} is {kind_of(body[name])}; expected true or false")
    if body.get("batched"):
        raise Unfit("there are no batches here")
    check_value(body.get("event_data"), "event_data")
    parts = [part for part in path.split("/") if part]
    if parts[-2:-1] == ["v2"] or "/call/v2/" in path:
        return check_named(find_function(blocks, name=parts[-1]), body, uploads)
    by_name = None if parts[-1] == "join" else parts[-1]
    function = find_function(blocks, by_name, body.get("fn_index"))
    data = body.get("data")
    if not isinstance(data, list):
        raise Unfit(f"data is {kind_of(data)}; expected a list")
    components = list(function.inputs)
    if len(data) != len(components):
        components = [component for component in components if not component.skip_api]
    if len(data) != len(components):
        raise Unfit(f"data has {len(data)} values; expected {len(components)}")
    for component, value in zip(components, data, strict=True):
        check_input(component, value, uploads)
    return None


def find_function(blocks: gr.Blocks, name: str | None = None, number: int | None = None) -> Any:
    if number is not None:
        found = blocks.fns.get(number)
    else:
        found = next((fn for fn in blocks.fns.values() if name and fn.api_name == name), None)
    if found is None:
        raise Unfit("there is no such endpoint here")
    return found


def check_named(function: Any, body: dict[str, Any], uploads: Path) -> None:
    """Arguments by name, as the examples on the API page send them."""
    names = [name for name in body if name != "oauth_token"]
    components = [component for component in function.inputs if not component.skip_api]
    if len(names) > len(components):
        raise Unfit(f"{len(names)} arguments came; expected {len(components)} at most")
    for name in names:
        if len(name) > MAX_NAME:
            raise Unfit("an argument's name is too long")
        check_value(body[name], name)
    by_label = {str(component.label).replace(" ", "_").lower(): component for component in components}
    for name in names:
        if name.lower() in by_label:
            check_input(by_label[name.lower()], body[name], uploads)
        else:
            raise Unfit(f"there is no argument called {name!r}; there are: {', '.join(by_label)}")


def check_input(component: gr.blocks.Block, value: object, uploads: Path) -> None:
    """A value for one component, by what kind it is."""
    name = str(getattr(component, "label", None) or component.get_block_name())
    if value is None:
        return
    if isinstance(component, gr.File | gr.Image):
        check_file(value, name, uploads)
    elif isinstance(component, gr.Number):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= MAX_NUMBER:
            raise Unfit(f"{name} is {kind_of(value)}; expected a number up to {MAX_NUMBER:g}")
    elif isinstance(component, gr.Textbox):
        if not isinstance(value, str):
            raise Unfit(f"{name} is {kind_of(value)}; expected a text")
        check_value(value, name)
    elif isinstance(component, gr.HTML):
        if not isinstance(value, dict):
            raise Unfit(f"{name} is {kind_of(value)}; expected an object")
        check_value(value, name)
    else:
        check_value(value, name)


def check_file(value: object, name: str, uploads: Path) -> None:
    """A file must have been uploaded here: no address that the server would fetch, no path of its own."""
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        raise Unfit(f"{name} is {kind_of(value)}; expected an uploaded file")
    check_value(value, name)
    path = value["path"]
    if "://" in path:
        raise Unfit(f"{name} is an address; expected an uploaded file")
    try:
        inside = Path(path).resolve().is_relative_to(uploads.resolve()) and Path(path).is_file()
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        raise Unfit(f"{name} is not among the uploaded files; upload it first")
    for field in ("url", "orig_name", "mime_type"):
        if not isinstance(value.get(field), str | None):
            raise Unfit(f"{name} has a {field} that is {kind_of(value[field])}; expected a text")
    if not isinstance(value.get("size"), int | None) or not isinstance(value.get("is_stream"), bool | None):
        raise Unfit(f"{name} has a size that is no number")
    if not isinstance(value.get("meta"), dict | None):
        raise Unfit(f"{name} has meta data that are {kind_of(value['meta'])}; expected an object")
