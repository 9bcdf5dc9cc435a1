"""The one kind of error a command shows as a sentence instead of a traceback, and the name that was probably meant."""

from collections.abc import Iterable, Mapping, Sequence
from errno import ENOSPC

REASONS: Mapping[type[OSError], str] = {
    PermissionError: "Отказано в доступе",
    FileNotFoundError: "Такого файла или папки нет",
    IsADirectoryError: "Это папка, а не файл",
    NotADirectoryError: "Это файл, а не папка",
    FileExistsError: "Такой файл уже есть",
}


ASIDE = ".replaced"  # ends the name of what `files.storage` has put aside for a moment
IF_NOT_WRITTEN = (
    "Закройте файл, если он открыт в другой программе; проверьте место на диске и права на папку. Прежние файлы целы."
)


class AnalysisError(Exception):
    """Something a person has to mend; the message (in Russian) says where, what stands there and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a notebook in place of a traceback."""
        return [f"Ошибка: {self}"]


def reason(error: OSError) -> str:
    """Why a file could not be read or written; in the words of the system where we have none."""
    if error.errno == ENOSPC:
        return "На диске нет места"
    return next((said for kind, said in REASONS.items() if isinstance(error, kind)), error.strerror or str(error))


def nearest(asked: object, known: Iterable[object], most: int = 1, likeness: float = 0.6) -> list[str]:
    """Returns the known names that come nearest to one that nobody knows, the nearest first; case is no difference.

    Args:
        asked: What was written.
        known: The names there are.
        most: At most so many are returned.
        likeness: How alike a name must be, from 0 to 1.
    """
    from difflib import get_close_matches

    folded = {str(name).casefold(): str(name) for name in known}
    return [folded[near] for near in get_close_matches(str(asked).casefold(), folded, most, likeness)]


def probably_meant(near: Sequence[str]) -> str:
    """« Вероятно, имелось в виду «…».», ready to follow a sentence; nothing where no name comes near."""
    return f" Вероятно, имелось в виду «{near[0]}»." if near else ""


class BlockedError(AnalysisError):
    """Findings that stop the build."""


def not_written(error: OSError) -> str:
    """What is said where a file or folder could not be written; drafts and what is put aside have names of ours."""
    path = str(error.filename2 or error.filename or "файл").removesuffix(ASIDE)
    return f"{path}: {reason(error)}. {IF_NOT_WRITTEN}"
