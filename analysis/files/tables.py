"""data/processed: Parquet tables and a manifest of hashes, written whole or not at all."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.files.atomic import recover_folder, replace_folder
from analysis.files.fingerprints import file_hash

if TYPE_CHECKING:
    import pandas as pd

PACKAGE = Path(__file__).parents[1]
PROCESSED = "data/processed"
MANIFEST = "manifest.json"
README = "README.md"


def write_tables(
    root: Path,
    tables: Mapping[str, "pd.DataFrame"],
    manifest: Mapping[str, Any],
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Replaces data/processed by these tables and their manifest; a failure leaves the old ones.

    Args:
        root: The project.
        tables: Each becomes `<name>.parquet`.
        manifest: What the build records; hashes are added under «tables» and «beside».
        beside: Other files, by name.
    """
    target = root / PROCESSED
    recover_folder(target)
    target.mkdir(parents=True, exist_ok=True)
    for leftover in target.parent.glob(".processed-*"):  # the caller holds the lock, so this belongs to a dead run
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".processed-", dir=target.parent) as draft:
        new = Path(draft) / "processed"
        new.mkdir()
        if (target / README).is_file():
            shutil.copyfile(target / README, new / README)
        for name, table in tables.items():
            table.to_parquet(new / f"{name}.parquet", index=False)
        for name, content in beside.items():
            (new / name).write_bytes(content)
        hashes = {name: file_hash(new / f"{name}.parquet") for name in tables}
        others = {name: file_hash(new / name) for name in beside}
        whole = {**manifest, "tables": hashes, "beside": others}
        text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)
        (new / MANIFEST).write_text(text, encoding="utf-8")
        replace_folder(new, target)


def read_table(root: Path, name: str) -> "pd.DataFrame":
    """Returns a processed table.

    Raises:
        AnalysisError: The table has not been built.
    """
    import pandas as pd

    recover_folder(root / PROCESSED)
    path = root / PROCESSED / f"{name}.parquet"
    if not path.is_file():
        raise AnalysisError(f"{PROCESSED}/{name}.parquet: таблицы нет. Сначала выполните: analysis build")
    return pd.read_parquet(path)


def read_tables(root: Path, only: Collection[str] = ()) -> "dict[str, pd.DataFrame]":
    """Returns processed tables of the last build by name; all of them where `only` names none.

    Raises:
        AnalysisError: Nothing has been built.
    """
    names = read_manifest(root).get("tables", {})
    if not names:
        raise AnalysisError(f"{PROCESSED}: таблиц нет. Сначала выполните: analysis build")
    return {name: read_table(root, name) for name in names if not only or name in only}


def read_manifest(root: Path) -> dict[str, Any]:
    """Returns the manifest of the last build; empty where there is none or it cannot be read."""
    recover_folder(root / PROCESSED)
    try:
        manifest = json.loads((root / PROCESSED / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def tables_are_whole(root: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether every table of the manifest and every file beside them is there, byte for byte."""
    tables = {f"{name}.parquet": digest for name, digest in manifest.get("tables", {}).items()}
    files = tables | manifest.get("beside", {})
    return bool(tables) and all(file_hash(root / PROCESSED / name) == digest for name, digest in files.items())


def fingerprint(root: Path, paths: Iterable[Path]) -> str:
    """Returns one sha256 over the names and contents of files; a missing file changes it too."""
    lines = sorted(f"{path.relative_to(root).as_posix()} {file_hash(path)}" for path in paths)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@cache
def code_fingerprint() -> str:
    """One sha256 over the package; it does not change while it runs."""
    code = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return fingerprint(PACKAGE, code)
