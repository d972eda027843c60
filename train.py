"""Train a task: python train.py --task NAME --data FOLDER --out FOLDER (settings: pix2pix/config.py)."""

import sys

from pix2pix.train_command import main, parse

__all__ = ["main", "parse"]

if __name__ == "__main__":
    sys.exit(main())
