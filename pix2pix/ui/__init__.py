"""The page: canvas, tabs and theme. The only place that imports gradio, and imported by nothing below it.

page.py      puts the tabs together and launches the page
draw.py      the Draw tab: live pictures, examples, start from a photo, the `/translate` endpoint
canvas/      the drawing component: plain HTML, CSS and JavaScript, no build step
drawing.py   what the canvas sends ↔ PIL pictures
models.py    loaded models, and whose turn it is to use them
cards.py     the task cards and the finished example that the page opens with
hints.py     a kind word where a drawing is far from what the model saw in training
edges.py     photo → lines without a model
limits.py    how large a request may be
about.py     the About tab and the model cards
theme.py     colours and type, light and dark

How another tab gets the current drawing: pass the canvas component among its inputs, and call
`drawing.read_value(value)` in the handler; it returns the task's name, the drawing as a PIL image
(RGB; RGBA with transparent holes for "inpaint") and the seed, or raises ValueError with one clear line.
To put a picture back on the canvas, return `drawing.make_value(task_name, image, seed)` to it.
"""
