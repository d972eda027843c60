"""The studio without a server: `pix2pix export-web NAME… OUT` writes a folder for any static host.

page.py writes it, runtime.py brings onnxruntime-web, the scripts run in the visitor's browser. The canvas is
pix2pix/ui/canvas, unchanged; model_server.js answers what it would ask the server.
"""
