"""from_pretrained, save_pretrained and push_to_hub, with the arguments of the Hub's own ModelHubMixin.

Written out here so that the Hub's client is imported only by what needs it. Knows no networks.
"""

import shutil
from pathlib import Path
from typing import Any, TypeVar

from pix2pix import checkpoints, hub

Self = TypeVar("Self", bound="Pretrained")


class Pretrained:
    """For a class that is made from a checkpoint's folder and keeps it as `folder`."""

    folder: Path

    def __init__(self, name: str | Path, **options: Any):
        raise NotImplementedError

    @classmethod
    def from_pretrained(
        cls: type[Self],
        pretrained_model_name_or_path: str | Path,
        *,
        revision: str | None = None,
        **options: Any,
    ) -> Self:
        """A checkpoint by name, folder, hf://owner/name or plain owner/name on the Hub.

        revision: branch, tag or commit. options: token, cache_dir, force_download and local_files_only go to
        the Hub's client, all others to the class. Raises ValueError in one line where there is none.
        """
        names = ("token", "cache_dir", "force_download", "local_files_only")
        download = {name: options.pop(name) for name in names if name in options}
        name = str(pretrained_model_name_or_path)
        local = checkpoints.is_checkpoint(Path(name)) or checkpoints.is_checkpoint(checkpoints.root() / name)
        if local or (name.count("/") != 1 and not name.startswith(hub.HUB)):
            return cls(checkpoints.find(name), **options)
        address = f"{hub.HUB}{name.removeprefix(hub.HUB)}"
        return cls(hub.from_hub(f"{address}@{revision}" if revision else address, **download), **options)

    def save_pretrained(
        self,
        save_directory: str | Path,
        *,
        repo_id: str | None = None,
        push_to_hub: bool = False,
        **push: Any,
    ) -> str | None:
        """Copy the checkpoint's files to a folder; push_to_hub: upload them too, return the address."""
        target = Path(save_directory)
        target.mkdir(parents=True, exist_ok=True)
        if target.resolve() != self.folder.resolve():
            for pattern in hub.FILES:
                for path in self.folder.glob(pattern):
                    fresh = target / f"{path.name}.new"
                    shutil.copyfile(path, fresh)
                    fresh.replace(target / path.name)
        return self.push_to_hub(repo_id or target.name, **push) if push_to_hub else None

    def push_to_hub(self, repo_id: str, **push: Any) -> str:
        """Upload the checkpoint to owner/name on the Hub, which is made where it is not there; its address.

        push: private, token, branch, create_pr and commit_message, as in the Hub's mixin.
        """
        return hub.upload(self.folder, repo_id, **push)
