"""Cityscapes as its authors hand it out: photos and label maps in two trees, one file name apart.

    leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png
    gtFine/train/aachen/aachen_000000_000019_gtFine_color.png

Either tree may lie in a folder of its archive's name (leftImg8bit_trainvaltest/leftImg8bit). Goes by names.
"""

from pathlib import Path

PHOTOS, LABELS = "leftImg8bit", "gtFine"
PHOTO_END, LABELS_END = "_leftImg8bit.png", "_gtFine_color.png"
ARCHIVE = "_trainvaltest"


def find_tree(folder: Path, name: str) -> Path | None:
    """The tree of photos or of label maps below `folder`, unpacked there or into its archive's name."""
    places = (folder / name, folder / f"{name}{ARCHIVE}" / name)
    return next((place for place in places if place.is_dir()), None)


def find_cityscapes(folder: Path, split: str, paired: bool = True) -> list[tuple[Path, Path | None]]:
    """(photo, label map in color) of a split, "train" or "val"; [] where a folder is not Cityscapes.

    paired: False leaves the label maps out. The test split is never read: its label maps are blank. Raises
    ValueError in one line where the label maps are missing, or that of one photo.
    """
    photos, labels = find_tree(folder, PHOTOS), find_tree(folder, LABELS)
    if photos is None:
        return []
    files = sorted((photos / split).glob(f"*/*{PHOTO_END}"))
    if not paired:
        return [(photo, None) for photo in files]
    if labels is None:
        raise ValueError(f"{folder}: has {PHOTOS}, but not {LABELS}; unpack {LABELS}{ARCHIVE}.zip next to it")
    found: list[tuple[Path, Path | None]] = []
    for photo in files:
        partner = labels / split / photo.parent.name / photo.name.replace(PHOTO_END, LABELS_END)
        if not partner.is_file():
            raise ValueError(
                f"{photo}: has no label map {partner}; expected the colored maps of {LABELS}{ARCHIVE}.zip"
            )
        found.append((photo, partner))
    return found
