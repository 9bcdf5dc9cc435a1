"""Files and folders replaced whole or not at all, locks, hashes; data/processed: Parquet and a manifest."""

import contextlib
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.errors import ASIDE, AnalysisError, reason

if TYPE_CHECKING:
    import pandas as pd

# Replaces files and folders whole: after any interruption they are either the old or the new ones.
#
# Not every system can replace a folder in one step, so it takes two renames: the target is renamed to
# `<name>.replaced`, then the new one takes its place. A run that dies between the two leaves the old folder
# beside the empty place; `recover_folder`, called first by the next run, puts it back.

BUILD_LOCK = "data/.build.lock"  # inside a project: held while what is built is written


def write_file_whole(path: Path, content: bytes) -> None:
    """Writes a file so that a reader, or a run after a power cut, finds the old content or the new one.

    Args:
        path: The file; its folder must exist.
        content: All of its bytes.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(0o644)  # mkstemp makes files only their owner can read
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace_folder(new: Path, target: Path) -> None:
    """Puts the finished folder `new` in the place of `target`, which may not exist yet.

    Args:
        new: A complete folder on the same disk; it no longer exists under this name afterwards.
        target: The folder to replace. If it cannot be replaced (Windows: a file in it is open), it stays as it was.

    Raises:
        OSError: One of the renames failed.
    """
    recover_folder(target)
    aside = _aside(target)
    if target.exists():
        target.rename(aside)
    try:
        new.rename(target)
    except OSError:
        recover_folder(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def recover_folder(target: Path) -> None:
    """Sets right what an interrupted `replace_folder` left behind; does nothing when all is well.

    Args:
        target: The folder that `replace_folder` replaces.
    """
    aside = _aside(target)
    if aside.exists() and not target.exists():
        aside.rename(target)
    elif aside.exists():
        shutil.rmtree(aside)


def _aside(target: Path) -> Path:
    return target.with_name(f"{target.name}{ASIDE}")


@contextlib.contextmanager
def only_one_at_work(lock: Path) -> Iterator[None]:
    """Holds a lock file. Half-made files beside it then belong to dead runs and may be removed.

    The system frees the lock when the process ends, so a dead process blocks nobody. Who holds it stands in a file of
    its own, because Windows lets nobody read a locked file.

    Args:
        lock: The lock file, beside the folder it guards.

    Yields:
        Nothing; the lock is held inside the `with`.

    Raises:
        AnalysisError: Another process holds it.
    """
    from filelock import FileLock, Timeout

    holder = lock.with_name(f"{lock.name}.holder")
    try:
        with FileLock(lock, timeout=0):
            holder.write_text(f"процесс {os.getpid()} на {platform.node()}", encoding="utf-8")
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout as error:
        named = holder.read_text(encoding="utf-8", errors="replace") if holder.is_file() else "другой процесс"
        message = f"{lock.parent}: здесь уже работает другой запуск программы ({named}); дождитесь его окончания."
        raise AnalysisError(message) from error


# Hash and size of a file, and whether it is still the file that was received.

KILOBYTE = 1024


def file_hash(path: Path) -> str:
    """Returns the sha256 of a file; empty if the file is missing."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def file_size(path: Path) -> str:
    """Returns the size in words: «41 КБ», «1,3 МБ»; at least «1 КБ»."""
    size = max(1, round(path.stat().st_size / KILOBYTE))
    return f"{size} КБ" if size < KILOBYTE else f"{size / KILOBYTE:.1f} МБ".replace(".", ",")


def received_bytes(root: Path, file: str, sha256: str) -> bytes:
    """Returns the content of a received file; `file` is its path in the project, `sha256` its hash in SOURCES.toml.

    Raises:
        AnalysisError: It cannot be opened, or is not what was received.
    """
    try:
        content = (root / file).read_bytes()
    except OSError as error:
        raise AnalysisError(f"{file}: файл не открывается ({reason(error)}).") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise AnalysisError(f"{file}: файл изменился после получения. Верните полученный файл.")
    return content


# data/processed: Parquet tables and a manifest of hashes, written whole or not at all.

PACKAGE = Path(__file__).parents[1]
PROCESSED = "data/processed"
MANIFEST = "manifest.json"
README = "README.md"


def write_tables(
    root: Path,
    tables: Mapping[str, "pd.DataFrame"],
    manifest: Mapping[str, Any],
    beside: Mapping[str, bytes] = MappingProxyType({}),
    contents: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Replaces data/processed by these tables and their manifest; a failure leaves the old ones.

    The file of a table whose content is that of the last one is taken over.

    Args:
        root: The project.
        tables: Each becomes `<name>.parquet`.
        manifest: What the build records; hashes are added under «tables» and «beside».
        beside: Other files, by name.
        contents: By name what stands for the content of a table and for what has written it.
    """
    last, target = read_manifest(root), root / PROCESSED
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
            is_known = contents.get(name, "") == last.get("contents", {}).get(name)
            _write_table(new / f"{name}.parquet", table, target, last["tables"][name] if is_known else "")
        for name, content in beside.items():
            (new / name).write_bytes(content)
        hashes = {name: file_hash(new / f"{name}.parquet") for name in tables}
        others = {name: file_hash(new / name) for name in beside}
        whole = {**manifest, "tables": hashes, "beside": others, "contents": {**contents}}
        text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)
        (new / MANIFEST).write_text(text, encoding="utf-8")
        replace_folder(new, target)


def _write_table(file: Path, table: "pd.DataFrame", old: Path, known: str) -> None:
    """Writes a table, or takes the old file over where it has the hash of the very same one."""
    if known and file_hash(old / file.name) == known:
        shutil.copyfile(old / file.name, file)
    else:
        table.to_parquet(file, index=False)


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


def made_by(root: Path) -> str:
    """The fingerprint of the code that made the last build; empty where there is none."""
    return str(read_manifest(root).get("inputs", "")).rpartition(" ")[2]


def texts_as_objects() -> AbstractContextManager[None]:
    """Tables here are small and read value by value; that takes Arrow's texts three times as long as Python's own."""
    import pandas as pd

    return pd.option_context("mode.string_storage", "python")
