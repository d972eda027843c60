"""Training: `step.train_step` is the method (paper §3.3), `loop.fit` is the run around it.

Imports nothing by itself: `game` runs on the page, where only requirements.txt is installed.
"""
