"""Writes the files of a new project that people decide and fill in; each says in Russian what it is for."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.files.storage import write_file_whole
from analysis.rules.config import INVENTED, quoted
from analysis.starter.new_project import UNNAMED_CITY, UNNAMED_PUBLISHER, NewProject, report_sources

# The files that every new project begins with; what stands in braces is filled in.
GIVEN = Path(__file__).parent / "given"


def decided_files(beginning: NewProject) -> dict[str, bytes]:
    """Returns project.toml, the files of data/ and .gitignore by path: those in `given`, filled in."""
    said = f"# {INVENTED}: это печатается на всём, что сделано из этого проекта.\ninvented = true\n"
    values = {
        "city": json.dumps(beginning.city, ensure_ascii=False),
        "publisher": json.dumps(beginning.publisher, ensure_ascii=False),
        "file": quoted(beginning.file),
        "title": _stated(beginning),
        "municipal": json.dumps(list(beginning.municipal), ensure_ascii=False),
        "schools": quoted(beginning.schools),
        "executors": ", ".join([*beginning.municipal, beginning.schools]),
        "years": list(beginning.years),
        "invented": said if beginning.invented else "",
        "first_year": beginning.years[0],
        "next_year": beginning.years[0] + 1,
        "source": f"\n{beginning.source}" if beginning.source else "",
    }
    texts = {path.relative_to(GIVEN).as_posix(): path for path in GIVEN.rglob("*") if path.is_file()}
    return {name: path.read_text(encoding="utf-8").format(**values).encode() for name, path in texts.items()}


def _stated(beginning: NewProject) -> str:
    """What people state in the place of the document's heading."""
    title = f"title = {quoted(beginning.title_stated)}\n" if beginning.title_stated else ""
    return title + (f"period = [{beginning.years[0]}, {beginning.years[-1]}]\n" if beginning.period_stated else "")


NEXT_STEPS = """Проект создан: {folder}
Что дальше:
  1. Проверьте project.toml: город, издатель, контакт, годы отчётов и кто отчитывается за город (municipal) — теми
     словами, какими его называет документ.
  2. Положите подписанную «дорожную карту» (.docx, .xlsx, .pdf или .txt) в data/raw и назовите её в project.toml:
     [roadmap], file. Или начните с неё: analysis new ПАПКА --roadmap ФАЙЛ.
  3. analysis --project "{folder}" check — прочтёт документ и напечатает раздел для data/raw/SOURCES.toml.
  4. Заполните этот раздел, посмотрите замечания и выполните: analysis --project "{folder}" report
  5. Сбор сведений: analysis --project "{folder}" forms {year} — кладёт реестр школ и формы. Если процедур года нет в
     data/calendar.toml, команда печатает раздел, который остаётся заполнить; без него о результатах не спросят.
Правила отбора, паспорт показателей, скрытие малых чисел и общие допущения взяты по умолчанию. Где на них стоит число,
отчёт так и говорит, пока управление их не утвердит: в файлах папки data об этом — ключ default."""
AFTER_READING = """Проект создан: {folder}
Что дальше:
  1. Проверьте project.toml: город, издатель, годы и кто отчитывается за город (municipal) взяты из документа.
  2. В data/raw/SOURCES.toml впишите, от кого получен файл (origin) и на каких условиях его публикуют (licence).
  3. Посмотрите замечания выше (полный список: output/findings.txt в папке проекта), затем: \
analysis --project "{folder}" report"""
NAME_IT = """
Город или издатель не названы. Впишите их в project.toml, в reports/_quarto.yml (author, title, page-footer)
и в reports/index.qmd (title)."""


def new_project(beginning: NewProject) -> dict[str, bytes]:
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


def removed(folder: Path, existed: bool) -> None:
    """Takes back a project that was just written: the folder is as it was before, empty or not there."""
    for path in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if folder.is_dir() and not existed:
        folder.rmdir()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files by their paths inside a folder. project.toml comes last: without it the folder is no project."""
    for path in sorted(files, key=lambda name: (name == "project.toml", name)):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file_whole(target, files[path])


def steps_after_reading(folder: Path, beginning: NewProject) -> str:
    """Returns what to do next where the project began with its document, in Russian."""
    return AFTER_READING.format(folder=folder) + _naming(beginning)


def next_steps(folder: Path, beginning: NewProject) -> str:
    """Returns what to do next, in Russian."""
    return NEXT_STEPS.format(folder=folder, year=beginning.years[0]) + _naming(beginning)


def _naming(beginning: NewProject) -> str:
    """What is to be named, where city or publisher are not."""
    return NAME_IT if UNNAMED_CITY in beginning.city or UNNAMED_PUBLISHER in beginning.publisher else ""
