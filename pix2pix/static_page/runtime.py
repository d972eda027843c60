"""onnxruntime-web, which runs the networks in the browser: from a folder, or from npm's registry.

Its files are not part of this repository (42 MB). One pinned version is downloaded once, its hash checked.
Knows nothing about pages.
"""

import base64
import hashlib
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

from pix2pix.files import replacing

VERSION = "1.30.0"
SHA512 = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
REGISTRY = "https://registry.npmjs.org/"
PARTS = {  # backend: its script with onnxruntime's own loader in it, and its WebAssembly
    "webgpu": ("ort.webgpu.bundle.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm"),
    "wasm": ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm"),
}
FILES = [name for names in PARTS.values() for name in names]


def find_runtime(folder: Path | None) -> Path:
    """The folder that has FILES: `folder` or its dist/, or the cache, filled by a download.

    Raises ValueError in one line where a file is missing, the registry is out of reach or the hash is wrong.
    """
    if folder is not None:
        for place in (folder, folder / "dist"):
            if has_files(place):
                return place
        raise ValueError(
            f"{folder}: expected {', '.join(FILES)}, which are in dist/ of the npm package onnxruntime-web"
        )
    kept = cache_folder()
    if not has_files(kept):
        download(kept)
    return kept


def has_files(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def cache_folder() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "pix2pix-studio" / f"onnxruntime-web-{VERSION}"


def download(folder: Path) -> None:
    """Put FILES of the pinned version into `folder`. NPM_CONFIG_REGISTRY names another registry."""
    registry = (os.environ.get("NPM_CONFIG_REGISTRY") or REGISTRY).rstrip("/")
    address = f"{registry}/onnxruntime-web/-/onnxruntime-web-{VERSION}.tgz"
    with tempfile.TemporaryFile() as archive:
        try:
            with urllib.request.urlopen(address, timeout=60) as response:
                shutil.copyfileobj(response, archive)
        except (OSError, ValueError) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise ValueError(
                f"onnxruntime-web could not be downloaded ({reason}); "
                "without a network, give the folder of its npm package with --runtime DIR"
            ) from None
        archive.seek(0)
        if hash_of(archive) != SHA512:
            raise ValueError(f"{address}: not the expected file (its SHA-512 differs); nothing was kept")
        archive.seek(0)
        unpack(archive, folder)


def hash_of(file: IO[bytes]) -> str:
    """SHA-512 in base64, as npm tells it."""
    digest = hashlib.sha512()
    while part := file.read(1 << 20):
        digest.update(part)
    return base64.b64encode(digest.digest()).decode("ascii")


def unpack(archive: IO[bytes], folder: Path) -> None:
    """FILES of the package, each to a new file that is then renamed."""
    with tarfile.open(fileobj=archive, mode="r:gz") as package:
        for name in FILES:
            content = package.extractfile(f"package/dist/{name}")
            assert content is not None
            with content, replacing(folder / name) as unfinished, unfinished.open("wb") as target:
                shutil.copyfileobj(content, target)
