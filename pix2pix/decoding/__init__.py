"""Decode image files that anyone may have sent, within bounds of memory and time. No torch here.

containers.py  what a file is, and only those parts of it that make up the image: no metadata reaches Pillow
exif.py        the orientation
levels.py      more than 8 bits a channel → 8 bits, by what the file says of its range
load.py        `load_image`: the estimate of memory, decoding, reduction, orientation
worker.py      the same in a process of its own that can be killed, for a server
"""

from pix2pix.decoding.containers import COMMAND_LINE_FORMATS, SUFFIXES, UPLOAD_FORMATS
from pix2pix.decoding.levels import normalise_mode
from pix2pix.decoding.load import load_image

__all__ = ["COMMAND_LINE_FORMATS", "SUFFIXES", "UPLOAD_FORMATS", "load_image", "normalise_mode"]
