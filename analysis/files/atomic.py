"""Replaces files and folders whole: after any interruption they are either the old or the new ones.

Not every system can replace a folder in one step, so it takes two renames: the target is renamed to
`<name>.replaced`, then the new one takes its place. A run that dies between the two leaves the old folder
beside the empty place; `recover_folder`, called first by the next run, puts it back.
"""

import contextlib
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analysis.errors import AnalysisError

ASIDE = ".replaced"
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
