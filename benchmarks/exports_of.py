"""A protocol of so many invented pupils, for measuring how exports are reduced to counts."""

import io

import xlsxwriter

HEADING = [
    "№", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Код МСУ", "Фамилия", "Имя", "Отчество", "Краткий ответ",
    "Развёрнутый ответ", "Первичный балл", "Оценка", "Дата", "Время",
]  # fmt: skip


def protocol_bytes(pupils: int) -> bytes:
    """Returns an ОГЭ protocol of 15 columns with a row a pupil; all names are artificial and differ."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["Протокол проверки результатов ОГЭ", "26 - Край", "12 - Обществознание 2022.06.02"])
        sheet.write_row(3, 0, HEADING)
        for number in range(pupils):
            names = (f"Имярек{number}", f"Проверочный{number}", f"Условный{number}")
            row = (
                number,
                9300 + number % 50,
                "9А",
                9001,
                "0001",
                26,
                *names,
                "+-+1",
                "2(2)",
                number % 38,
                2 + number % 4,
            )
            sheet.write_row(4 + number, 0, (*row, "02.06.2022", "10:00"))
    return stream.getvalue()
