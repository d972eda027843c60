"""Other programs' files: the checkpoints of the PyTorch and TensorFlow ports come in, ONNX goes out."""
