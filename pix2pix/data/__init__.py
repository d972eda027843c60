"""Training data: from a folder to the batch of a step."""
