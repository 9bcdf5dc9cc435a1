"""Documents that stand in the folder from an earlier run and no longer say what they would say now."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from analysis.documents.settings import SCHOOL_NOTE
from analysis.files.atomic import write_file_whole

# Beside what publishing notes of itself: the name keeps it out of the sources.
NOTED = "_site.texts.json"
LISTED = "УСТАРЕЛИ.txt"
HEAD = "Эти документы сделаны по прежним сведениям; не прикладывайте их, сначала обновите:"


def note_texts(sources: Path, site: Path, texts: Mapping[str, str]) -> None:
    """Notes which text the files of some documents were just made of; what is known of others stays.

    Args:
        sources: The folder of the sources of a kind; the note goes there.
        site: The folder of its published files.
        texts: Source text by path of the document without ending.
    """
    made = {name: _hash(texts[_document(name)]) for name in _files(site) if _document(name) in texts}
    noted = json.dumps({**_noted(sources), **made}, ensure_ascii=False, indent=1, sort_keys=True)
    write_file_whole(sources / NOTED, noted.encode())


def outdated_files(sources: Path, site: Path, texts: Mapping[str, str]) -> list[Path]:
    """Returns the published files of a kind that were made of another text than that of today, or of an unknown one.

    Args:
        sources: The folder of the sources of the kind.
        site: The folder of its published files.
        texts: Today's source text by path of the document without ending.
    """
    noted = _noted(sources)
    today = {name: _hash(texts.get(_document(name), "")) for name in _files(site)}
    return [site / name for name, digest in today.items() if noted.get(name) != digest]


def renewing(files: Sequence[Path], folder: Path) -> list[str]:
    """The commands that make outdated files of `output/documents/<year>` anew."""
    parts = [path.relative_to(folder).parts for path in files]
    kinds = list(dict.fromkeys(kind for kind, *_ in parts if kind != SCHOOL_NOTE.id))
    logins = list(dict.fromkeys(login for kind, login, _ in parts if kind == SCHOOL_NOTE.id))
    options = [f"--kind {','.join(kinds)}"] if kinds else []
    options += [" ".join(f"--school {login}" for login in logins)] if logins else []
    return [f"analysis documents {folder.name} {one}" for one in options]


def list_outdated(folder: Path, files: Sequence[Path]) -> None:
    """Leaves a list of the outdated files where whoever opens the folder sees it; removes it when there are none."""
    if not files:
        (folder / LISTED).unlink(missing_ok=True)
        return
    lines = [HEAD, "", *(f"  {path.relative_to(folder).as_posix()}" for path in files)]
    lines += ["", "Обновить:", *(f"  {one}" for one in renewing(files, folder))]
    write_file_whole(folder / LISTED, ("\ufeff" + "\r\n".join(lines) + "\r\n").encode())


def _files(site: Path) -> list[str]:
    return sorted(
        path.relative_to(site).as_posix() for path in site.glob("*/*") if path.suffix in (".html", ".pdf", ".docx")
    )


def _document(name: str) -> str:
    return PurePosixPath(name).with_suffix("").as_posix()


def _noted(sources: Path) -> dict[str, str]:
    """What was noted; where the note is lost or broken nothing is known."""
    try:
        return dict(json.loads((sources / NOTED).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
