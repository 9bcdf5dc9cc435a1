"""An open project: what can be asked of the last build, and for whom."""

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.presentation.place import INTERNAL, audience_of, say, say_once
from analysis.project.office import OfficeWork
from analysis.rules.config import Project, find_project, load_project

if TYPE_CHECKING:
    import pandas as pd

    from analysis.project.built import LastBuild
    from analysis.project.exhibition import Gallery, Lines, Shown
    from analysis.project.frames import Tables

FULL_NUMBERS = (
    "Числа показаны полностью: для служебного пользования. Только то, что напечатано в открытом отчёте: "
    'analysis.open_project(audience="public").'
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


class OpenProject(OfficeWork):
    """Проект, открытый в блокноте. Что он отвечает, всегда стоит на последней сборке.

    Attributes:
        project: Настройки из project.toml.
        audience: "internal" — числа полностью; "public" — только напечатанное в открытом отчёте.
    """

    def __init__(self, project: Project, audience: str) -> None:
        super().__init__(project, audience)
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
        from analysis.project.answers import schools

        return schools(self._built)

    @property
    def tables(self) -> "Tables":
        """Таблицы по имени; сам список говорит, что в какой.

        >>> city.tables["statuses"].columns.tolist()
        ['calendar_year', 'status', 'measure_count']
        >>> city.tables["target"]
        Traceback (most recent call last):
        analysis.errors.AnalysisError: Таблицы «target» нет. Вероятно, имелось в виду «targets». Все имена: tables
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
        from analysis.project.answers import indicators

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
        from analysis.project.answers import changes

        return changes(self._built, _asked(indicator, year, school, procedure, subject))

    def plan_fact(self, year: int | None = None) -> "pd.DataFrame":
        """План, сообщено, подтверждено, принято и состояние каждого показателя; без года — за все годы.

        >>> city.plan_fact(2021)["Состояние за год"].value_counts().index[0]
        'выполнено'
        """
        from analysis.project.answers import plan_fact

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
        from analysis.project.answers import funnels
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
        from analysis.project.answers import answered

        return answered(self._built.tables, query)

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

    @property
    def _built(self) -> "LastBuild":
        """What the last build has stored; read anew where there was another build since."""
        from analysis.pipeline.fresh import inputs_are_as_built
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
