"""The code that draws the example pictures in pix2pix/examples.

`python -m tools.examples` writes them all again. Importing this package draws nothing.
"""
