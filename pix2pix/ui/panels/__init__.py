"""The panels of the page, one module each. `pix2pix.ui.page.PANELS` lists them in their order.

A panel knows the canvas and what is below it in `pix2pix.ui`, and no other panel. It has
NAME.py       handlers as plain functions, and build_NAME_panel for layout and wiring
NAME.html     NAME.css, NAME.js: its component, if it has one (component.py)
"""
