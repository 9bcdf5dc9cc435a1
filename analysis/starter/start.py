"""Writes the files of a new project that people decide and fill in; each says in Russian what it is for."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.files.atomic import write_file_whole
from analysis.rules.config import INVENTED, quoted
from analysis.starter.new_project import UNNAMED_CITY, UNNAMED_PUBLISHER, NewProject
from analysis.starter.sources import report_sources

PROJECT = """# Паспорт проекта: кто издаёт отчёт, за какие годы и по какому документу.

[project]
city = {city}
publisher = {publisher}
# Куда писать об ошибках и с вопросами (адрес или телефон). Пусто — отчёт скажет, что контакт не указан.
contact = ""
# Адрес, по которому опубликован сайт отчётов. Пусто — в PDF и DOCX печатаются только имена файлов с данными.
site_url = ""
# Годы, за которые выходит отчёт; все они должны входить в срок «дорожной карты».
editions = {years}
{invented}
[roadmap]
# Подписанный документ: .docx, .xlsx, .pdf с текстом или .txt (строки с табуляцией). Положите его в data/raw и назовите
# здесь. Прочитанное из PDF подтверждает человек: раздел [[confirmed_reading]] печатает analysis check.
file = {file}
{title}# Плановое число больше этого считается опиской и не читается.
largest_plausible_count = 1000

[collection]
# Исполнители, которые отчитываются за город; пишутся так, как их называет документ.
municipal = {municipal}
# Как документ называет школы среди исполнителей.
schools = {schools}
# Строки листов «Дефициты» и «Самооценка» в форме школы: так, как их называет утверждённый документ.
# Пока списков нет, школы пишут названия сами, и сравнить их между собой нельзя.
# competences = ["…", "…"]
# self_assessment_criteria = ["…", "…"]
# Папка вне проекта для выгрузок с учениками: analysis receive берёт их оттуда и оставляет только итоги по школам.
# inbox = "../inbox"
# Как выгрузки пишут муниципалитет, если не так, как назван город.
# municipality_names = ["…"]

# Имена документа, за которыми стоит один исполнитель. Похожие имена называет analysis check; соединяет только запись.
# [[collection.executor]]
# name = "УО"
# writings = ["управление образования"]
# basis = "…"                          кто и чем подтвердил

# До какого дня принимаются сведения за год. Без записи — до 31 января следующего года.
# [cutoff]
# {first_year} = {next_year}-02-15

# Документ изменён приказом: файл новой редакции целиком и с какого дня она действует; [roadmap] остаётся первым.
# [[roadmap_version]]
# file = "data/raw/…"
# in_force_from = {next_year}-07-01
# basis = "…"                          каким приказом
"""
SOURCES = """# Что получено, откуда и когда. Файлы в data/raw не правят: исправления записывают в data/corrections.toml.
# Для файла, которого здесь нет, analysis check печатает раздел, который остаётся заполнить:
#
# [[source]]
# file = "data/raw/roadmap.docx"
# title = "…"                  полное название документа
# origin = "…"                 от кого и как получен
# received = {first_year}-01-31        дата получения
# sha256 = "…"
# licence = "…"                на каких условиях можно публиковать
"""
CORRECTIONS = """# Исправления исходного текста и решения о прочтении. Сам полученный файл не правят.
#
# [[correction]]                       опечатка приёма: что стояло, на что заменить, почему
# file = "data/raw/roadmap.docx"
# address = "таблица 1, строка 4, ячейка 3"   адрес так, как его печатает analysis check
# expected = "1"                       если там уже стоит другое, сборка остановится
# new = "2"
# reason = "…"
# who = "…"
# date = {first_year}-01-31
#
# [[decision]]                         как читать итог, если подписанный текст допускает два прочтения
# activity = "3.5"
# measure = 1
# reading = "annual"                   flow: годы складываются в итог; annual: итог — уровень каждого года
# basis = "…"                          документ, его номер и дата: только документ решает такой вопрос
# who = "…"
# date = {first_year}-01-31
"""
TERMS = """# Слова документа, за которыми следит проверка, и расшифровки сокращений для отчёта.
# basis говорит, на чём держится расшифровка; «не подтверждено» так и печатается.
#
# [[abbreviation]]
# term = "УО"
# expansion = "управление образования"
# basis = "по грифу утверждения документа"
#
# [[variant]]                          одно понятие пишется в документе по-разному
# meaning = "школы с низкими результатами обучения"
# writings = ["ПНОР", "ШНОР"]
#
# [[slip]]                             вероятная описка; в отчёте текст остаётся как есть
# text = "професионального мастерства"
# suggestion = "профессионального мастерства"
"""
COLUMNS = """# Что в столбцах плана, если программа не узнаёт их по названию. Раздел, который остаётся заполнить,
# печатает analysis check; сам документ не правят.
#
# [[column]]
# heading = "Что делаем"               название столбца, как в документе
# meaning = "мероприятие"              номер, задача, мероприятие, результат, единица, базовое значение, итог, срок,
#                                      исполнители, деньги, примечание или год: 2023
"""
REPORTING = """# Кто отчитывается за показатель и какова доля школы.
# Без записи засчитывается факт исполнителя, названного первым.
#
# [[report]]
# activity = "1.3"
# measure = 1
# reporters = [{schools}]              кто из исполнителей документа: {executors}
# unit = "school"                      city: один отчитывается за весь план; school: каждая школа за свою долю
# share = 1                            сколько должна сделать за год одна школа; только при unit = "school"
# basis = "…"                          документ, его номер и дата
# who = "…"
"""
SCHOOLS = """# Школы, которые вошли в состав других. О переименованиях говорят сами реестры, их не записывают.
# Сведения до названного дня остаются за прежней школой, а форму она получает за годы, которые кончились до этого дня.
# За год слияния отчитывается новая школа; если прежняя всё же прислала форму, её сведения засчитываются ей.
#
# [[merged]]
# login = "edu000001"                  школа, которой больше нет
# into = "edu000002"                   в какую она вошла
# date = {next_year}-09-01                    с какого дня
# basis = "…"                          документ, его номер и дата
# who = "…"
"""
DOCUMENTS = """# Документы, которые делает analysis documents: для каких мероприятий «дорожной карты» они нужны
# и к каким протоколам приложены. kind: school-note (справка школы), selection (отбор), meeting (совещание),
# courses (запрос на курсы), contests (конкурсы).
#
# [[document]]
# kind = "school-note"
# activities = ["3.3", "4.12"]
#
# Пока записи о протоколе нет, номера и дата остаются пустыми, чтобы вписать их от руки.
#
# [[attachment]]
# kind = "meeting"
# year = {first_year}
# number = "1"
# minutes_date = {first_year}-12-28
# minutes_number = "5"
#
# Комплект — приложения к протоколу одним файлом и каждое отдельно: analysis documents {first_year} --pack sovet.
# Приложение — это документ (kind, у справки школы ещё school), глава доклада (chapter), таблица или рисунок (exhibit)
# или ваш файл PDF (file и title; public = true, если его можно показывать всем).
#
# [[pack]]
# name = "sovet"
# year = {first_year}
# title = "Материалы к заседанию координационного совета"
# minutes_date = {first_year}-12-28
# minutes_number = "5"
#
# [[pack.piece]]
# kind = "meeting"
#
# [[pack.piece]]
# exhibit = "fact-1"
"""
PROCESSED = """# Обработанные таблицы

Эту папку целиком делает `analysis build`: таблицы Parquet и `manifest.json` с их отпечатками. Её можно удалить без \
потерь. Что значит каждый столбец, печатает `python -m analysis.contracts`.
"""
IGNORED = """.ipynb_checkpoints/
# made by `analysis build` and `analysis report`
/data/processed/*
!/data/processed/README.md
/reports/_site*
/.reports-staging-*
/reports/_content/
/reports/*/_content/
/reports/*/figures/
/reports/*/data/
/reports/.quarto/
/output/
# the secret of the public edition and the record of what it has printed: back them up, never publish them
/data/private/
"""


def decided_files(beginning: NewProject) -> dict[str, bytes]:
    """Returns project.toml, the files of data/ and .gitignore by path."""
    first = {"first_year": beginning.years[0]}
    texts = {
        "project.toml": project_text(beginning),
        "data/raw/SOURCES.toml": SOURCES.format(**first) + (f"\n{beginning.source}" if beginning.source else ""),
        "data/columns.toml": COLUMNS,
        "data/corrections.toml": CORRECTIONS.format(**first),
        "data/terms.toml": TERMS,
        "data/reporting.toml": REPORTING.format(
            schools=quoted(beginning.schools), executors=", ".join([*beginning.municipal, beginning.schools])
        ),
        "data/schools.toml": SCHOOLS.format(next_year=beginning.years[0] + 1),
        "data/documents.toml": DOCUMENTS.format(**first),
        "data/processed/README.md": PROCESSED,
        ".gitignore": IGNORED,
    }
    return {path: text.encode() for path, text in texts.items()}


def project_text(beginning: NewProject) -> str:
    """Returns project.toml."""
    said = f"# {INVENTED}: это печатается на всём, что сделано из этого проекта.\ninvented = true\n"
    return PROJECT.format(
        city=json.dumps(beginning.city, ensure_ascii=False),
        publisher=json.dumps(beginning.publisher, ensure_ascii=False),
        file=quoted(beginning.file),
        title=_stated(beginning),
        municipal=json.dumps(list(beginning.municipal), ensure_ascii=False),
        schools=quoted(beginning.schools),
        years=list(beginning.years),
        invented=said if beginning.invented else "",
        first_year=beginning.years[0],
        next_year=beginning.years[0] + 1,
    )


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
