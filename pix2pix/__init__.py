"""pix2pix: image-to-image translation with conditional adversarial networks (Isola et al. 2017)."""
