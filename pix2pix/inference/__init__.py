"""Inference: `Translator` turns a picture into its translation; knows nothing about training or the page."""

from pix2pix.inference.translator import DEFAULT_SEED, Translator, TranslatorPool, Wish

__all__ = ["DEFAULT_SEED", "Translator", "TranslatorPool", "Wish"]
