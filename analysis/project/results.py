"""What the work of a project leaves, as a notebook shows it: findings, files, receptions."""

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.contracts.findings import RULE_TITLES, Finding, Severity, blocking
from analysis.documents.staging import HEAD, named_in
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.files.fingerprints import file_size
from analysis.project.frames import html_table

if TYPE_CHECKING:
    from analysis.forms.receive import Received

NO_FINDINGS = "Замечаний нет."
NO_FILES = "Файлов нет."


class Findings(tuple[Finding, ...]):
    """Замечания: где, что стоит, что сделать. В блокноте показывают себя таблицей.

    Обычные действия: len(found), found.filter(severity="блокирует"), found.frame.
    """

    __slots__ = ()

    def filter(self, severity: str | None = None, file: str | None = None, school: str | None = None) -> "Findings":
        """Часть замечаний.

        Args:
            severity: "блокирует", "посмотрите" или "учтено".
            file: Часть имени файла.
            school: Логин школы, как он стоит в имени формы или в тексте замечания.

        >>> len(city.check().filter(severity="блокирует"))
        0
        """
        known = list(map(str, Severity))
        if severity is not None and severity not in known:
            near = probably_meant(nearest(severity, known))
            raise AnalysisError(f"Веса «{severity}» нет.{near} Бывает: {', '.join(known)}.")
        return Findings(
            one
            for one in self
            if severity in (None, str(one.severity))
            and (file or "").casefold() in one.file.casefold()
            and (school or "").casefold() in f"{one.file} {one.value} {one.explanation}".casefold()
        )

    @property
    def frame(self) -> pd.DataFrame:
        """Замечания таблицей pandas."""
        told = [
            (str(one.severity), RULE_TITLES[one.rule], one.file, one.place, one.value, one.explanation, one.action)
            for one in self
        ]
        return pd.DataFrame(told, columns=["Вес", "Правило", "Файл", "Где", "Что стоит", "Пояснение", "Что сделать"])

    @property
    def stanzas(self) -> str:
        """Записи, готовые к вставке в файлы правил."""
        return "\n\n".join(one.stanza for one in self if one.stanza)

    def __repr__(self) -> str:
        return f"Замечаний: {len(self)}, останавливают сборку: {len(blocking(self))}."

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{html_table(self.frame)}" if self else f"<p>{NO_FINDINGS}</p>"


@dataclass(frozen=True)
class Files:
    """Файлы, которые сделаны; в блокноте — ссылки на них.

    Attributes:
        paths: Где они лежат.
        said: Что при этом сказано: что осталось как было, чего сделать нельзя и почему.
    """

    paths: Sequence[Path]
    said: Sequence[str] = ()

    def __repr__(self) -> str:
        return "\n".join([*(f"{_from_here(one)}  {file_size(one)}" for one in self.paths), *self.said]) or NO_FILES

    def _repr_html_(self) -> str:
        links = [
            f'<li><a href="{html.escape(_from_here(one))}" target="_blank">{html.escape(one.name)}</a> '
            f"{file_size(one)}, {html.escape(_from_here(one.parent))}</li>"
            for one in self.paths
        ]
        said = "".join(f"<p>{html.escape(one)}</p>" for one in self.said)
        return f"<ul>{''.join(links)}</ul>{said}" if links or said else f"<p>{NO_FILES}</p>"


def _from_here(path: Path) -> str:
    """A path from the working directory, so that a notebook's server finds it; the whole one on another drive."""
    try:
        return Path(os.path.relpath(path)).as_posix()
    except ValueError:
        return path.as_posix()


def receptions(results: "Sequence[Received]") -> pd.DataFrame:
    """What became of each file that came: where it is now, what is said of it, which values it changes."""
    told = [
        (
            "да" if one.source else "нет",
            one.source.file if one.source else "",
            one.said,
            "; ".join(one.details),
        )
        for one in results
    ]
    return pd.DataFrame(told, columns=["Принят", "Файл в проекте", "Что сказано", "Что изменилось"])


def outdated(paths: Sequence[Path], folder: Path) -> list[str]:
    """Says which documents of an earlier run would say something else today, and how they are made anew.

    Args:
        paths: The outdated files.
        folder: output/documents/<year>.
    """
    kinds, logins, packs = named_in(paths, folder)
    asked = [f"{name}={some}" for name, some in (("kinds", kinds), ("schools", logins)) if some]
    asked += [f'pack="{name}"' for name in packs]
    calls = "; ".join(f"city.documents({folder.name}, {one})" for one in asked)
    return [HEAD, *map(_from_here, paths), f"Обновить: {calls}"] if paths else []
