"""pix2pix: image-to-image translation with conditional adversarial networks (Isola et al. 2017)."""

__version__ = "1.0.0"
