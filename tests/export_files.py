"""Exports of the exam systems as they arrive, with artificial names only."""

import io

import xlsxwriter

from analysis.rules.office_files import Vocabulary

NAMES = ("Имярек", "Проверочный", "Безотчествович")
PROTOCOL_HEADING = [
    "№", "Код ОО", None, "Класс", "Код ППЭ", "Аудитория", "Код МСУ", "Фамилия", None, "Имя", "Отчество",
    "Задания с кратким ответом", None, "Задания с развёрнутым ответом", "Первичный балл", "Оценка",
]  # fmt: skip
F1_HEADING = [
    "ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант", "1 (2б)", "4К1 (3б)", "9.1 (1б)",
    "Первичный балл", "Отметка", "Отметка по журналу",
]  # fmt: skip
VOCABULARY = Vocabulary(
    {
        name.casefold(): name
        for name in ("Русский язык", "Математика", "Обществознание", "Математика (профильная)", "Физика")
    },
    {("ЕГЭ", 2022, "Физика"): 36},
)


def xlsx(*sheets, names=None):
    """A workbook with these rows on each sheet; None is a blank cell."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(names[number] if names else None)
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if value is not None:
                        sheet.write(row, column, value)
    return stream.getvalue()


def csv_text(rows, encoding="utf-8-sig"):
    lines = (";".join("" if value is None else str(value) for value in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)


def protocol_row(number, code, mark, grade="9А", msu="26", score=20):
    last, first, patronymic = (f"{name} {number:02d}" for name in NAMES)
    return [number, code, None, grade, 9001, "0001", msu, last, None, first, patronymic, "+-", None, "2", score, mark]


def protocol(*blocks, heading=PROTOCOL_HEADING, title="Протокол проверки результатов ОГЭ"):
    """Blocks: (subject line, rows)."""
    rows = [["Сведения вымышлены"]]
    for subject, pupils in blocks:
        rows += [[title], ["26 - Примерский край"], [subject], heading, *pupils]
        rows += [["Средние", *[None] * 13, 20.5, 3.4], []]
    return rows


def f1(*pupils, title="ВПР 2021 Русский язык 5 класс", stated=None):
    """Individual results of one school; a pupil is (mark, mark of the journal) or a whole row."""
    rows = [
        [title],
        ["Сведения вымышлены"],
        ["ОО(edu260001)", f"Кол-во участников: {len(pupils) if stated is None else stated}"],
        [None, None, None, None, None, None, 2, 3, 1],
        F1_HEADING,
    ]
    for number, pupil in enumerate(pupils, start=1):
        rows.append(pupil if isinstance(pupil, list) else f1_row(number, *pupil))
    return rows


def f1_row(number, mark, journal, login="edu260001", grade=5):
    name = f"{NAMES[0]} {NAMES[1]} {number:02d}"
    return [login, "город Примерск", "МБОУ СОШ № 1", name, grade, 1, 1, "X", "Х", 10, mark, journal]
