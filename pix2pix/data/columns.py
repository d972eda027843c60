"""A Hub data set whose pictures are columns of Parquet tables, unpacked once to folders for `layouts.py`.

The package `datasets` reads the tables and tells the splits; the pictures' bytes are written as they are.
"""

import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from pix2pix.data.layouts import FOLDERS, SPLITS

SUFFIX_OF = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"}


def unpack(tables: Path, target: Path) -> list[str]:
    """Write the pictures of a folder of Parquet files to `target`, once; lines for the user about it.

    Two image columns become train/A and train/B, one becomes train; val likewise, from a split named so, or
    test. ValueError in one line without the package `datasets`, an image column, or a picture in a row.
    """
    if target.is_dir():
        return []
    try:
        import datasets
    except ImportError:
        raise ValueError(
            "this data set has its images in Parquet tables, which needs datasets: pip install datasets"
        ) from None
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
        datasets.disable_progress_bars()
        try:
            found = datasets.load_dataset(str(tables), cache_dir=str(Path(temporary) / "cache"))
        except Exception as error:  # of the reader or of pyarrow, whose errors have no common base
            reason = str(error.__cause__ or error).strip().partition("\n")[0]
            raise ValueError(f"the tables of this data set cannot be read ({reason})") from None
        made, columns = Path(temporary) / "made", []
        for split, names in SPLITS.items():
            if name := next((name for name in names if name in found), None):
                columns = write_split(found[name], made / split, datasets.Image)
        if not columns:
            raise ValueError(f"this data set has the splits {', '.join(found)}; expected one named train")
        shutil.move(made, target)
    if len(columns) == 1:
        return [f"column {columns[0]}: one picture a pair"]
    return [f"column {columns[0]} is taken as the first picture (A), {columns[1]} as the second (B)"]


def write_split(rows: Any, folder: Path, image: Any) -> list[str]:
    """Write the pictures of a split; the names of the columns, one or two. image: `datasets.Image`."""
    columns = image_columns([name for name, kind in rows.features.items() if isinstance(kind, image)])
    if not columns:
        raise ValueError(f"this data set has the columns {', '.join(rows.features)}; expected one of images")
    rows = rows.select_columns(columns)
    for name in columns:
        rows = rows.cast_column(name, image(decode=False))
    places = [folder] if len(columns) == 1 else [folder / "A", folder / "B"]
    for place in places:
        place.mkdir(parents=True)
    for number, row in enumerate(tqdm(rows, f"unpacking {folder.name}", unit="row", leave=False)):
        for name, place in zip(columns, places, strict=True):
            content = (row[name] or {}).get("bytes") or b""
            try:
                with Image.open(io.BytesIO(content), formats=list(SUFFIX_OF)) as picture:
                    suffix = SUFFIX_OF[picture.format or ""]
            except (OSError, KeyError):
                told = f"column {name}, row {number} of {folder.name}"
                raise ValueError(f"{told}: no picture; expected PNG, JPEG, WebP, BMP or TIFF") from None
            (place / f"{number:08d}{suffix}").write_bytes(content)
    return columns


def image_columns(names: list[str]) -> list[str]:
    """The first and the second of a pair: by names that folders have too, else in the table's order."""
    by_name = {name.lower(): name for name in names}
    for one, two in FOLDERS:
        if one.lower() in by_name and two.lower() in by_name:
            return [by_name[one.lower()], by_name[two.lower()]]
    return names[:2]
