"""Builds the studio and launches it; nothing else. `PORT=8000 python app.py` changes the port."""

import sys

from pix2pix.ui.port import read_port

try:
    read_port()  # before Gradio is imported, which reads it too
except ValueError as error:
    print(f"app.py: {error}", file=sys.stderr)
    sys.exit(2)

from pix2pix.ui.page import build_demo, launch

demo = build_demo()

if __name__ == "__main__":
    try:
        launch(demo)
    except ValueError as error:
        print(f"app.py: {error}", file=sys.stderr)
        sys.exit(2)
