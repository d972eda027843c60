"""The page: canvas, panels and theme. The only place that imports gradio, and imported by nothing below it.

page.py            lists the panels, puts them together and launches the page
panels/            one module each: draw, samples, patches, learn (with its exhibits), about
canvas/            the drawing component: plain HTML, CSS and JavaScript, no build step
web.py             scripts as static files, and components that load them
drawing.py         what the canvas sends ↔ PIL images
live_request.py    one request for a picture, read and checked
pool.py            loaded models, one pool for all panels
request_queue.py   one inference worker, an optional second one, and their queues
thread_tuner.py    how many threads compute a preview
tiles.py           the task tiles and the finished example that the page opens with
model_cards.py     model cards and license lines
rooms.py           a class's votes added up
inputs.py          which drawing a panel works on: the canvas's, an example, or a validation input
hints.py           hints for out-of-distribution drawings
edges.py           photo → lines without a model
guard.py           the middleware before everything: sizes, rates, origins, headers, errors without paths
door.py            one schema for what a request may hold
port.py            the port to serve on
limits.py          how much, how often and from where a visitor may send
theme.py           colors and type, light and dark

How a panel gets the current drawing: pass the canvas component among its inputs, and call
`drawing.read_value(value)` in the handler; it returns the task's name, the drawing as a PIL image
(RGB; RGBA with a transparent mask for "inpaint") and the seed, or raises ValueError with one clear line.
To put a drawing back on the canvas, return `drawing.make_value(task_name, image, seed)` to it.
"""
