"""The data set doctor's report: one HTML file that holds its pictures. Knows not how they were found."""

import base64
import html
import io

from PIL import Image

from pix2pix.data.doctor import Diagnosis

LEVELS = {"stop": "A run would stop", "warn": "A run would suffer", "note": "To know"}
STYLE = """
:root { color-scheme: light dark; --line: #8884; --stop: #c62828; --warn: #b26a00; --note: #3367d6; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; }
th, td { border-top: 1px solid var(--line); }
th { width: 12rem; font-weight: 600; }
td, li, code { overflow-wrap: anywhere; }
.stop { color: var(--stop); } .warn { color: var(--warn); } .note { color: var(--note); }
img { max-width: 100%; height: auto; }
pre { padding: .8rem; border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; }
.worst { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-size: .85rem; overflow-wrap: anywhere; }
"""


def report(found: Diagnosis) -> str:
    """The whole document. Names of files are escaped: they are other people's."""
    told = html.escape
    facts = "".join(f"<tr><th>{told(name)}</th><td>{told(value)}</td></tr>" for name, value in found.facts)
    parts = [f"<h1>{told(found.config.data)}</h1>", f"<table>{facts}</table>" if facts else ""]
    for level, title in LEVELS.items():
        lines = "".join(f"<li>{told(f.text)}</li>" for f in found.findings if f.level == level)
        if lines:
            parts.append(f'<h2 class="{level}">{title}</h2><ul>{lines}</ul>')
    if not found.findings:
        parts.append("<p>Nothing was found that a run would stop or suffer from.</p>")
    parts.append(f"<h2>Train</h2><pre>{told(found.command)}</pre>")
    if found.sheet:
        shown = picture(found.sheet, "inputs and targets of training pairs")
        parts.append(f"<h2>What the network will see</h2><p>Input and target, two pairs a row.</p>{shown}")
    if found.worst:
        figures = "".join(
            f"<figure>{picture(both, name)}<figcaption>{told(name)}: {score:.2f}</figcaption></figure>"
            for name, score, both in found.worst
        )
        parts.append(
            "<h2>Pairs that match least</h2><p>How well the edges of both pictures lie on each other: 1 the "
            f'same, about 0 nothing in common.</p><div class="worst">{figures}</div>'
        )
    body = "\n".join(filter(None, parts))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Data set: {told(found.config.data)}</title><style>{STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def picture(image: Image.Image, text: str) -> str:
    """An <img> that holds the picture itself."""
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    data = base64.b64encode(stream.getvalue()).decode()
    return (
        f'<img src="data:image/jpeg;base64,{data}" width="{image.width}" height="{image.height}" '
        f'alt="{html.escape(text)}">'
    )
