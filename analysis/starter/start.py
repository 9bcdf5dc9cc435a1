"""Writes the files of a new project into a folder."""

from collections.abc import Mapping
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.files.atomic import write_file_whole
from analysis.starter.beginning import UNNAMED_CITY, UNNAMED_PUBLISHER, Beginning
from analysis.starter.files import decided_files
from analysis.starter.sources import report_sources

NEXT_STEPS = """Проект создан: {folder}
Что дальше:
  1. Проверьте project.toml: город, издатель, контакт, годы отчётов и кто отчитывается за город (municipal) — теми
     словами, какими его называет документ.
  2. Положите подписанную «дорожную карту» (.docx или .txt) в data/raw и назовите её в project.toml: [roadmap], file.
  3. analysis --project "{folder}" check — прочтёт документ и напечатает раздел для data/raw/SOURCES.toml.
  4. Заполните этот раздел, посмотрите замечания и выполните: analysis --project "{folder}" report
  5. Сбор сведений: analysis --project "{folder}" forms {year} — кладёт реестр школ и формы. Если процедур года нет в
     data/calendar.toml, команда печатает раздел, который остаётся заполнить; без него о результатах не спросят.
Правила отбора, паспорт показателей, скрытие малых чисел и общие допущения взяты по умолчанию. Где на них стоит число,
отчёт так и говорит, пока управление их не утвердит: в файлах папки data об этом — ключ default."""
NAME_IT = """
Город или издатель не названы. Впишите их в project.toml, в reports/_quarto.yml (author, title, page-footer)
и в reports/index.qmd (title)."""


def new_project(beginning: Beginning) -> dict[str, bytes]:
    """Returns the files of a new project by path."""
    return {**decided_files(beginning), **report_sources(beginning)}


def write_project(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files of a project into a new or empty folder.

    Raises:
        AnalysisError: The folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AnalysisError(f"{folder}: здесь уже что-то лежит. Назовите новую или пустую папку.")
    write_files(folder, files)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files by their paths inside a folder. project.toml comes last: without it the folder is no project."""
    for path in sorted(files, key=lambda name: (name == "project.toml", name)):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file_whole(target, files[path])


def next_steps(folder: Path, beginning: Beginning) -> str:
    """Returns what to do next, in Russian."""
    named = UNNAMED_CITY not in beginning.city and UNNAMED_PUBLISHER not in beginning.publisher
    return NEXT_STEPS.format(folder=folder, year=beginning.years[0]) + ("" if named else NAME_IT)
