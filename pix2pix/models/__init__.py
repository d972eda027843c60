"""The method: generator, discriminators, losses, and the layers they are made of."""
