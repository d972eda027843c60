"""Checkpoints on the Hugging Face Hub: `hf://owner/name`, and the repository of PIX2PIX_HUB.

An installed package has no weights. With PIX2PIX_HUB=owner/name a checkpoint that is not on disk is fetched
from the folder of its name in that repository. Knows nothing about networks. huggingface_hub is imported only
when it is needed: training runs without it.
"""

import functools
import os
from pathlib import Path
from typing import Any

HUB = "hf://"
DATASETS = "hf://datasets/"
IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
PARQUET = ".parquet"
TABLES = ("metadata.csv", "metadata.jsonl")  # of image folders, as the Hub has them
# What a checkpoint consists of; nothing else is fetched, least of all a pickle.
FILES = ("*.json", "*.safetensors", "README.md", "sheet.jpg", "thumb.jpg")


def from_hub(address: str, folder: str = "", **download: Any) -> Path:
    """The folder to which `hf://owner/name` or `hf://owner/name@revision` is downloaded, once.

    folder: of the checkpoint in the repository; "" is the repository itself. download: further options of
    `huggingface_hub.snapshot_download`, such as token. Without a network, what was fetched before is found.
    ValueError in one line says why the Hub gave nothing.
    """
    named = f"{address}/{folder}" if folder else address
    repository, _, revision = address.removeprefix(HUB).partition("@")
    if repository.count("/") != 1:
        raise ValueError(f"no checkpoint {address!r}; expected {HUB}owner/name or {HUB}owner/name@revision")
    client = hub_client(named)
    try:
        found = client.snapshot_download(
            repository,
            revision=revision or None,
            allow_patterns=[f"{folder}/{pattern}" if folder else pattern for pattern in FILES],
            **download,
        )
    except client.errors.RepositoryNotFoundError:
        raise ValueError(f"no checkpoint {named!r}: the Hub has none, or it is private") from None
    except client.errors.LocalEntryNotFoundError:
        raise ValueError(
            f"no checkpoint {named!r}: not in the local cache, and the Hub cannot be reached"
        ) from None
    except (OSError, ValueError) as error:  # no such revision, not a name, not allowed
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(f"no checkpoint {named!r} from the Hub: {reason}") from None
    path = Path(found) / folder
    if not all((path / name).is_file() for name in ("config.json", "generator.safetensors")):
        raise ValueError(f"{named} is no checkpoint; expected config.json and generator.safetensors in it")
    return path


def dataset(address: str) -> Path:
    """The folder to which the images of `hf://datasets/owner/name` or `…@revision` are downloaded, once.

    Where it has no image files, its Parquet tables. ValueError in one line where there is nothing.
    """
    repository, _, revision = address.removeprefix(DATASETS).partition("@")
    if repository.count("/") != 1:
        raise ValueError(
            f"no data set {address!r}; expected {DATASETS}owner/name or {DATASETS}owner/name@revision"
        )
    client = hub_client(address)
    patterns = [f"*{ending}" for ending in (*IMAGES, *(ending.upper() for ending in IMAGES), *TABLES)]
    try:
        for wanted in (patterns, ["*.parquet"]):
            found = client.snapshot_download(
                repository, repo_type="dataset", revision=revision or None, allow_patterns=wanted
            )
            if any(path.suffix.lower() in (*IMAGES, PARQUET) for path in Path(found).rglob("*")):
                return Path(found)
    except client.errors.RepositoryNotFoundError:
        raise ValueError(f"no data set {address!r}: the Hub has none, or it is private") from None
    except client.errors.LocalEntryNotFoundError:
        raise ValueError(
            f"no data set {address!r}: not in the local cache, and the Hub cannot be reached"
        ) from None
    except (OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(f"no data set {address!r} from the Hub: {reason}") from None
    raise ValueError(
        f"{address} has no image files; expected an image folder ({', '.join(IMAGES)}) or Parquet tables"
    )


def is_table(folder: Path) -> bool:
    """Whether what `dataset` found are tables, to be unpacked, and no image folder."""
    endings = {path.suffix.lower() for path in folder.rglob("*")}
    return PARQUET in endings and not endings & set(IMAGES)


def unpacked(address: str, folder: Path) -> Path:
    """Where the tables of a data set are unpacked to: in the client's cache, by repository and commit."""
    repository = address.removeprefix(DATASETS).partition("@")[0]
    cached = hub_client(address).cached_assets_path("pix2pix", namespace=repository, subfolder=folder.name)
    return Path(cached) / "pictures"


def hub_client(wanted_by: str) -> Any:
    """The huggingface_hub package, with its `errors`. ValueError in one line where it is not installed."""
    try:
        import huggingface_hub
        import huggingface_hub.errors
    except ImportError:
        raise ValueError(f"{wanted_by} needs the Hub's client; pip install huggingface_hub") from None
    return huggingface_hub


def fallback() -> str:
    """hf://owner/name of the repository that PIX2PIX_HUB names; "" where it is not set."""
    named = os.environ.get("PIX2PIX_HUB", "").strip()
    return f"{HUB}{named.removeprefix(HUB)}" if named else ""


def extras() -> dict[str, str]:
    """Name → address of the repositories in PIX2PIX_EXTRA, such as "hf://ann/mine,hf://bob/maps@v2"."""
    told = (part.strip() for part in os.environ.get("PIX2PIX_EXTRA", "").split(","))
    addresses = [f"{HUB}{part.removeprefix(HUB)}" for part in told if part]
    return {address.rpartition("/")[2].partition("@")[0]: address for address in addresses}


def fallback_names() -> list[str]:
    """Names of the checkpoints in the repository of PIX2PIX_HUB; [] where it is not set or not reachable."""
    return list(_names(fallback())) if fallback() else []


@functools.cache
def _names(address: str) -> tuple[str, ...]:
    """Folders with a generator in a repository, sorted; of the local cache without a network."""
    client = hub_client(address)
    repository, _, revision = address.removeprefix(HUB).partition("@")
    try:
        found = client.HfApi().repo_info(repository, revision=revision or "main", timeout=10)
        files = [sibling.rfilename for sibling in found.siblings or []]
    except Exception:  # of the client or of its transport; a wrong address is told when one is fetched
        try:
            # Patterns of nothing: the client refuses a cached repository of which files were left out.
            cached = client.snapshot_download(
                repository, revision=revision or None, local_files_only=True, allow_patterns=["-"]
            )
        except (OSError, ValueError):
            return ()
        files = [path.relative_to(cached).as_posix() for path in Path(cached).rglob("generator.safetensors")]
    folders = (file.rpartition("/")[0] for file in files if file.endswith("/generator.safetensors"))
    return tuple(sorted(folder for folder in folders if "/" not in folder))


def upload(
    folder: Path,
    repository: str,
    kind: str = "model",
    *,
    private: bool | None = None,
    token: str | None = None,
    branch: str | None = None,
    create_pr: bool | None = None,
    commit_message: str = "Upload by pix2pix",
    files: tuple[str, ...] | None = FILES,
    **settings: Any,
) -> str:
    """Make the repository where it is not there, upload the files of a folder, and return its address.

    kind: "model" or "space". files: patterns of what is uploaded; None is everything. settings: of the new
    repository, such as space_sdk. ValueError in one line for a wrong name, a missing token or no network.
    """
    if repository.count("/") != 1 or repository.startswith(HUB):
        raise ValueError(f"the repository is {repository!r}; expected owner/name")
    client = hub_client(repository)
    api = client.HfApi(token=token)
    try:
        made = api.create_repo(repository, repo_type=kind, private=private, exist_ok=True, **settings)
        api.upload_folder(
            repo_id=repository,
            repo_type=kind,
            folder_path=folder,
            allow_patterns=None if files is None else list(files),
            ignore_patterns=["state.safetensors", "*.new"],
            revision=branch,
            create_pr=create_pr,
            commit_message=commit_message,
        )
    except Exception as error:  # of the client or of its transport, whose errors have no common base
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(f"{repository}: not uploaded ({reason}); hf auth login, then again") from None
    return str(made)
