"""The work of the office in a notebook: what the commands do, said in tables and files that show themselves."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError, nearest, not_written, probably_meant
from analysis.presentation.place import INTERNAL, PUBLIC, rendered_report
from analysis.project.publication import AUDIENCES, ENGINES, FORMATS
from analysis.rules.config import Project

if TYPE_CHECKING:
    import pandas as pd

    from analysis.project.frames import Files, Findings
    from analysis.project.progress import Screen

OFFICE_WORK = (
    "Это работа управления: её делают в блокноте или в терминале, открыв проект для служебного пользования "
    "(analysis.open_project())."
)


class OfficeWork:
    """Работа управления с проектом, открытым в блокноте.

    Attributes:
        project: Настройки из project.toml.
        audience: "internal" — числа полностью; "public" — только напечатанное в открытом отчёте.
    """

    def __init__(self, project: Project, audience: str) -> None:
        self.project, self.audience = project, audience

    def check(self, *, annotate: bool = False) -> "Findings":
        """Читает и проверяет всё, что получено: замечания таблицей; полный список — в output/findings.xlsx.

        Args:
            annotate: Оставить в output/annotated копии книг с пометками, чтобы отправить их обратно.
        """
        from analysis.project.checking import annotate as leave_copies
        from analysis.project.checking import check, keep_findings
        from analysis.project.frames import Findings

        with self._at_work() as progress:
            checked = check(self.project, progress)
            keep_findings(self.project, checked)
            if annotate:
                for line in leave_copies(self.project, checked).told(self.project.root):
                    progress.say(line)
        return Findings(checked.findings)

    def forms(self, year: int, folder: str | Path | None = None) -> "Files":
        """Делает формы года, которые рассылают; по умолчанию в output/forms."""
        from analysis.forms.collection import write_forms
        from analysis.project.frames import Files

        with self._at_work() as progress:
            sent = write_forms(self.project, year, None if folder is None else Path(folder), progress)
        return Files(sent.files, sent.said)

    def receive(
        self,
        files: str | Path | Sequence[str | Path] = (),
        *,
        received: date | None = None,
        wave: str = "",
        year: int | None = None,
    ) -> "pd.DataFrame":
        """Принимает вернувшиеся книги и выгрузки; что с каждой стало, говорит таблица.

        Args:
            files: Один файл или несколько; без них — всё, что лежит в папке inbox.
            received: День получения, по умолчанию сегодня: datetime.date(2022, 1, 20).
            wave: Волна ВПР, если календарь знает несколько.
            year: Год выгрузки, которая его не называет.
        """
        from analysis.forms.receive import take_in
        from analysis.project.frames import receptions
        from analysis.rules.config import Said

        said = Said(received or date.today(), wave, year)
        with self._at_work() as progress:
            return receptions(take_in(self.project, _paths(files), said, progress.agreed, progress))

    def take_back(self, files: str | Path | Sequence[str | Path]) -> "pd.DataFrame":
        """Берёт приём файлов назад: снова считается то, что считалось до него."""
        from analysis.forms.receive import undo
        from analysis.project.frames import receptions

        with self._at_work():
            return receptions(undo(self.project.root, _paths(files)))

    def build(self) -> None:
        """Собирает таблицы и части отчётов; если ничего не менялось, ничего не делает."""
        from analysis.pipeline.build import build_if_changed

        with self._at_work() as progress:
            build_if_changed(self.project, (), progress)

    def report(
        self,
        *years: int,
        formats: Sequence[str] = FORMATS,
        engine: str = "auto",
        audience: str = PUBLIC,
    ) -> "Files":
        """При необходимости собирает и публикует отчёты: city.report(2021); без годов — все.

        Args:
            years: За какие годы.
            formats: Из "html", "pdf", "docx".
            engine: "auto" — Quarto, если он есть; "builtin", "quarto".
            audience: "public" — открытый отчёт; "internal" — для служебного пользования.
        """
        from analysis.project.frames import Files
        from analysis.project.publication import Publishing, report

        wanted, (by,) = _chosen("Формата", formats, FORMATS), _chosen("Движка", engine, ENGINES)
        (for_whom,) = _chosen("Читателя", audience, AUDIENCES)
        with self._at_work() as progress:
            return Files(report(self.project, years, Publishing(wanted, by, for_whom), progress))

    def documents(
        self,
        year: int,
        *,
        kinds: str | Sequence[str] = (),
        schools: str | Sequence[str] = (),
        formats: Sequence[str] = FORMATS,
        engine: str = "builtin",
        pack: str = "",
    ) -> "Files":
        """Делает справки, запросы и материалы совещания за год; для служебного пользования.

        Args:
            year: Год.
            kinds: Из "school-note", "selection", "meeting", "courses", "contests"; без них — все.
            schools: Школы, чьи справки нужны; без них — поддерживаемые.
            formats: Из "html", "pdf", "docx".
            engine: "builtin" или "quarto".
            pack: Комплект приложений к протоколу, записанный в data/documents.toml; тогда делается только он.
        """
        from analysis.documents.run import Order
        from analysis.project.frames import Files, outdated
        from analysis.project.publication import documents
        from analysis.rules.documents import KINDS

        named = [schools] if isinstance(schools, str) else schools
        wanted, (by,) = _chosen("Формата", formats, FORMATS), _chosen("Движка", engine, ENGINES)
        order = Order(year, _chosen("Вида документов", kinds, list(KINDS)), named, wanted, by, pack)
        with self._at_work() as progress:
            made = documents(self.project, order, progress)
        return Files(made.files, outdated(made.outdated, made.folder))

    @contextmanager
    def _at_work(self) -> "Iterator[Screen]":
        """Work is the office's: it shows and stores everything, so neither the public nor a report may start it."""
        from analysis.project.progress import on_screen

        if not self._is_internal or rendered_report() is not None:
            raise AnalysisError(OFFICE_WORK)
        try:
            with on_screen() as progress:
                yield progress
        except OSError as error:
            raise AnalysisError(not_written(error)) from None

    @property
    def _is_internal(self) -> bool:
        return self.audience == INTERNAL


def _paths(files: str | Path | Sequence[str | Path]) -> list[Path]:
    return [Path(files)] if isinstance(files, str | Path) else [Path(one) for one in files]


def _chosen(what: str, asked: str | Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The names that are asked for, in the order of the known ones."""
    named = [asked] if isinstance(asked, str) else asked
    for one in named:
        if one not in known:
            near = probably_meant(nearest(one, known))
            raise AnalysisError(f"{what} «{one}» нет.{near} Бывает: {', '.join(known)}.")
    return tuple(one for one in known if one in named)
