"""An open project: what can be asked of the last build, for whom, and the work that the commands do."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.presentation.place import for_office, sources_above
from analysis.project.work import AUDIENCES, ENGINES, FORMATS, not_written
from analysis.publishing.state import RENDERING
from analysis.rules.config import Project, find_project, load_project

if TYPE_CHECKING:
    import pandas as pd

    from analysis.project.built import LastBuild
    from analysis.project.exhibition import Gallery, Lines, Shown
    from analysis.project.frames import Files, Findings, Tables
    from analysis.project.progress import Screen

# For whom numbers are shown: the office where it works, and inside a report whoever the report is for.

INTERNAL, PUBLIC = "internal", "public"


def audience_of(asked: str | None) -> str:
    """Returns "internal" or "public": what is asked for, but never more than the readers of a report may see.

    Args:
        asked: "internal", "public" or None, which leaves the choice to the place.

    Raises:
        AnalysisError: Something else is asked for.
    """
    if asked not in (None, INTERNAL, PUBLIC):
        raise AnalysisError(f'audience="{asked}": бывает "{INTERNAL}" или "{PUBLIC}".')
    report = rendered_report()
    allowed = INTERNAL if report is None or for_office(report) else PUBLIC
    return PUBLIC if PUBLIC in (asked, allowed) else INTERNAL


def rendered_report() -> Path | None:
    """The folder of report sources in which this cell is executed; None in a notebook or a terminal."""
    named = os.environ.get(RENDERING)
    return sources_above(Path(named or Path.cwd()).resolve())


@cache
def say_once(text: str) -> None:
    """Says something below the cell that asked first, and never again in this session."""
    say(text)


def say(text: str) -> None:
    """Says something below the cell; inside a report, where every printed word would be published, nothing."""
    if rendered_report() is None:
        sys.stdout.write(f"{text}\n")


# An open project: what can be asked of the last build, and the work that the commands do.

FULL_NUMBERS = (
    "Числа показаны полностью: для служебного пользования. Только то, что напечатано в открытом отчёте: "
    'analysis.open_project(audience="public").'
)
OFFICE_WORK = (
    "Это работа управления: её делают в блокноте или в терминале, открыв проект для служебного пользования "
    "(analysis.open_project())."
)
CHANGED = "Внимание: файлы изменились после последней сборки. Собрать заново: city.build()."


def opened(folder: str | Path | None, audience: str | None) -> "OpenProject":
    """Opens a project; see `analysis.open_project`."""
    found = audience_of(audience)
    project = load_project(find_project(None if folder is None else _folder(folder)))
    if found == INTERNAL and audience is None:
        say_once(FULL_NUMBERS)
    return OpenProject(project, found)


def _folder(folder: str | Path) -> Path:
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise AnalysisError(f"Папки {path} нет.")
    return path


class OpenProject:
    """Проект, открытый в блокноте. Что он отвечает, всегда стоит на последней сборке.

    Attributes:
        project: Настройки из project.toml.
        audience: "internal" — числа полностью; "public" — только напечатанное в открытом отчёте.
    """

    def __init__(self, project: Project, audience: str) -> None:
        self.project, self.audience = project, audience
        self._last: tuple[object, LastBuild] | None = None

    @property
    def years(self) -> list[int]:
        """Годы, за которые выходит отчёт.

        >>> city.years
        [2020, 2021, 2022]
        """
        return list(self.project.editions)

    @property
    def latest_year(self) -> int:
        """Последний год, за который пришли сведения; пока их нет, первый год отчётов.

        >>> city.latest_year
        2022
        """
        return self._built.latest_year

    @property
    def schools(self) -> "pd.DataFrame":
        """Школы: логин, название, вид, число учеников и годы поддержки.

        >>> city.schools.columns.tolist()
        ['Логин', 'Школа', 'Вид', 'Учеников', 'Поддержка, годы']
        """
        from analysis.project.built import schools

        return schools(self._built)

    @property
    def tables(self) -> "Tables":
        """Таблицы по имени; сам список говорит, что в какой.

        >>> city.tables["statuses"].columns.tolist()
        ['calendar_year', 'status', 'measure_count']
        >>> city.tables["target"]
        Traceback (most recent call last):
        analysis.errors.AnalysisError: Таблицы «target» нет. Вероятно, имелось в виду «targets». Какие есть: city.tables
        """
        from analysis.project.frames import Tables

        built = self._built
        return Tables(lambda: built.tables, built.contract)

    def indicators(
        self,
        indicator: str | None = None,
        *,
        year: int | None = None,
        school: str | None = None,
        procedure: str | None = None,
        subject: str | None = None,
    ) -> "pd.DataFrame":
        """Показатели: из скольких, значение, интервал 95 %, город; чего не названо, то всё.

        Столбец «Откуда» спрашивают дальше: city.explain(…).

        Args:
            indicator: Имя или название из паспорта показателей: "fail_share" или "Доля «2»".
            year: Календарный год.
            school: Логин, код или название школы; "Город", "Другие школы города".
            procedure: "ВПР", "ОГЭ", "ЕГЭ", "Журнал".
            subject: Предмет.

        >>> found = city.indicators("fail_share", year=2021, school="Город", procedure="ВПР")
        >>> found.columns.tolist()[8:13]
        ['Числитель', 'Знаменатель', 'Значение', 'Интервал: от', 'Интервал: до']
        """
        from analysis.project.built import indicators

        return indicators(self._built, _asked(indicator, year, school, procedure, subject))

    def changes(
        self,
        indicator: str | None = None,
        *,
        year: int | None = None,
        school: str | None = None,
        procedure: str | None = None,
        subject: str | None = None,
    ) -> "pd.DataFrame":
        """Изменения против последнего сопоставимого года — или почему сравнить нельзя; аргументы как у indicators."""
        from analysis.project.built import changes

        return changes(self._built, _asked(indicator, year, school, procedure, subject))

    def plan_fact(self, year: int | None = None) -> "pd.DataFrame":
        """План, сообщено, подтверждено, принято и состояние каждого показателя; без года — за все годы.

        >>> city.plan_fact(2021)["Состояние за год"].value_counts().index[0]
        'выполнено'
        """
        from analysis.project.built import plan_fact

        built = self._built
        return plan_fact(built, None if year is None else built.year(year))

    def exhibit(self, id: str, year: int | None = None) -> "Shown":
        """Таблица или рисунок отчёта: "fact-1", "fig-plan-1"; без года — за последний год со сведениями.

        >>> city.exhibit("fact-1", 2021).caption
        'Задача 1: план и факт 2021 года'
        """
        from analysis.project.exhibition import exhibit

        built = self._built
        return exhibit(built, id, built.year(year))

    def gallery(self, id: str, year: int | None = None) -> "Gallery":
        """Все таблицы или рисунки, имена которых так начинаются: "fig-plan" — по рисунку на задачу.

        >>> [one.id for one in city.gallery("fig-plan", 2021)]
        ['fig-plan-1', 'fig-plan-2', 'fig-plan-3', 'fig-plan-4']
        """
        from analysis.project.exhibition import family

        built = self._built
        return family(built, id, built.year(year))

    def exhibits(self, year: int | None = None) -> "pd.DataFrame":
        """Какие таблицы и рисунки есть за год: имя и подпись; последними — рисунки, которых в отчёте нет."""
        from analysis.project.exhibition import listing

        built = self._built
        return listing(built, built.year(year))

    def funnel(self, indicator: str, procedure: str | None = None, year: int | None = None) -> "Gallery":
        """Воронка: все школы против города по доле результатов; рисунок на процедуру."""
        from analysis.project.built import funnels
        from analysis.project.exhibition import gallery

        built = self._built
        asked = built.year(year)
        return gallery(built, funnels(built, indicator, procedure, asked), asked)

    def explain(self, asked: "str | pd.DataFrame") -> "Lines":
        """Откуда число: до ячейки полученного файла, правила или отсутствия.

        Args:
            asked: Показатель и год ("4.12@2021"), задача ("4@2021"), школа или исполнитель ("УО@2021"), показатель
                школы ("edu990005/fail_share@2021"), ячейка таблицы отчёта ("tbl-fact-1@2021!D5") или строки ответа
                со столбцом «Откуда»: city.explain(found.head(1)).

        >>> city.explain("4.1@2021")[0]
        'План и факт: 4.1/1, 2021 год'
        """
        from analysis.project.exhibition import Lines
        from analysis.project.explanation import explained

        codes = [asked] if isinstance(asked, str) else asked["Откуда"]
        return Lines(line for one in codes for line in explained(self.project, one, internal=self._is_internal))

    def sql(self, query: str) -> "pd.DataFrame":
        """Запрос SQL к таблицам проекта: city.sql("select count(*) from targets").

        Нужен пакет duckdb: он ставится с дополнением sql. Файлов запрос не читает, таблиц не меняет.
        """
        from analysis.project.built import answered

        return answered(self._built.tables, query)

    def check(self, *, annotate: bool = False) -> "Findings":
        """Читает и проверяет всё, что получено: замечания таблицей; полный список — в output/findings.xlsx.

        Args:
            annotate: Оставить в output/annotated копии книг с пометками, чтобы отправить их обратно.
        """
        from analysis.project import work
        from analysis.project.frames import Findings

        with self._at_work() as progress:
            checked = work.check(self.project, progress)
            work.keep_findings(self.project, checked)
            if annotate:
                for line in work.annotate(self.project, checked).told(self.project.root):
                    progress.say(line)
        return Findings(checked.findings)

    def forms(self, year: int, folder: str | Path | None = None) -> "Files":
        """Делает формы года, которые рассылают; по умолчанию в output/forms."""
        from analysis.project import work
        from analysis.project.frames import Files

        with self._at_work() as progress:
            sent = work.forms(self.project, year, None if folder is None else Path(folder), progress)
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
        from analysis.forms.receptions import Said
        from analysis.project import work
        from analysis.project.frames import receptions

        said = Said(received or date.today(), wave, year)
        with self._at_work() as progress:
            return receptions(work.receive(self.project, _paths(files), said, progress.agreed, progress))

    def take_back(self, files: str | Path | Sequence[str | Path]) -> "pd.DataFrame":
        """Берёт приём файлов назад: снова считается то, что считалось до него."""
        from analysis.project import work
        from analysis.project.frames import receptions

        with self._at_work():
            return receptions(work.undo(self.project, _paths(files)))

    def build(self) -> None:
        """Собирает таблицы и части отчётов; если ничего не менялось, ничего не делает."""
        from analysis.project import work

        with self._at_work() as progress:
            work.build(self.project, (), progress)

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
        from analysis.project import work
        from analysis.project.frames import Files

        wanted, (by,) = _chosen("Формата", formats, FORMATS), _chosen("Движка", engine, ENGINES)
        (for_whom,) = _chosen("Читателя", audience, AUDIENCES)
        with self._at_work() as progress:
            return Files(work.report(self.project, years, work.Publishing(wanted, by, for_whom), progress))

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
        from analysis.documents.staging import FOLDER
        from analysis.project import work
        from analysis.project.frames import Files, outdated
        from analysis.rules.documents import KINDS

        named = [schools] if isinstance(schools, str) else schools
        wanted, (by,) = _chosen("Формата", formats, FORMATS), _chosen("Движка", engine, ENGINES)
        order = Order(year, _chosen("Вида документов", kinds, list(KINDS)), named, wanted, by, pack)
        with self._at_work() as progress:
            made = work.documents(self.project, order, progress)
        return Files(made.files, outdated(made.outdated, self.project.root / FOLDER / str(year)))

    @property
    def status(self) -> "Lines":
        """Где проект стоит и что делать дальше; то же показывает само имя проекта в ячейке."""
        from analysis.project.exhibition import Lines
        from analysis.project.status import status_lines

        return Lines(status_lines(self.project))

    def __repr__(self) -> str:
        return repr(self.status)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Both forms at once: a notebook would look at the whole project for each."""
        status = self.status
        return {"text/plain": repr(status), "text/html": status._repr_html_()}

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

    @property
    def _built(self) -> "LastBuild":
        """What the last build has stored; read anew where there was another build since."""
        from analysis.pipeline.build import inputs_are_as_built
        from analysis.project.built import LastBuild, stamp

        found = stamp(self.project.root)
        if found is None:
            raise AnalysisError("Проект ещё не собран. Соберите: city.build().")
        if self._last is None or self._last[0] != found:
            self._last = (found, LastBuild(self.project, self._is_internal))
            if not inputs_are_as_built(self.project):
                say(CHANGED)
        return self._last[1]


def _asked(
    indicator: str | None, year: int | None, school: str | None, procedure: str | None, subject: str | None
) -> dict[str, object]:
    return {"indicator": indicator, "year": year, "school": school, "procedure": procedure, "subject": subject}


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
