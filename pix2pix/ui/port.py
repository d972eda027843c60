"""The port to serve on, by the environment. Imports no gradio, which reads one of the variables itself."""

import os


def read_port() -> int:
    """The port to serve on, of PORT or else GRADIO_SERVER_PORT. ValueError where either is no port.

    To be asked before gradio is imported: that ends in a traceback where GRADIO_SERVER_PORT is no number.
    """
    names = [name for name in ("PORT", "GRADIO_SERVER_PORT") if os.environ.get(name)]
    ports = [check_port(name, os.environ[name]) for name in names]
    return ports[0] if ports else 7860


def check_port(name: str, given: str) -> int:
    """The port that was given as `name`. ValueError where it is none."""
    if not (given.strip().isdecimal() and 1 <= int(given) <= 65535):
        raise ValueError(f"{name} is {given!r}; expected 1 to 65535, such as 7860")
    return int(given)
