"""One finding, how a list of them is shown, and what becomes of a doubtful row of school facts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from analysis.errors import BlockedError

# One finding: how severe, where, what stands there, what the rule says, what to do; and how a list is shown.

SHOWN_PER_RULE = 3
WHOLE_FILE = "весь файл"
DOUBTFUL = "doubtful_cell"
SHEET_CELL = re.compile(r"^(лист .+), ячейка [A-Z]{1,3}(\d+)$")
CELL_OF_ROW = re.compile(r", (?:ячейка|столбец) \d+$")


class Severity(StrEnum):
    """How a finding weighs; the value is what people read."""

    BLOCKS = "блокирует"
    ATTENTION = "посмотрите"
    NOTE = "учтено"


# What each rule is called wherever findings are listed. The order is the order of listing.
RULE_TITLES = {
    "rules": "Файлы правил",
    "collection": "Кто отчитывается",
    "calendar": "Календарь процедур",
    "source": "Паспорт исходного файла",
    "reading": "Прочитанное не подтверждено",
    DOUBTFUL: "Ячейка прочитана с сомнением",
    "encoding": "Кодировка файла",
    "workbook": "Книга Excel",
    "hidden_data": "Данные в скрытых строках",
    "merged_cells": "Объединённые ячейки",
    "struck_out": "Зачёркнутое значение",
    "foreign_sheet": "Лист не из формы",
    "formula": "Формула без значения",
    "error_cell": "Ошибка в ячейке",
    "heading": "Заголовок документа",
    "marks_around_title": "Знаки разметки вокруг названия",
    "unread_text": "Текст, который не вошёл ни в одну таблицу",
    "columns": "Столбцы таблицы",
    "row_length": "Число ячеек в строке",
    "repeated_cell": "Повторённая ячейка года",
    "activity_code": "Номер мероприятия",
    "missing_code": "Пропуск в нумерации",
    "task": "Задачи и их мероприятия",
    "blank_cell": "Пустая обязательная ячейка",
    "value": "Значение не прочитано",
    "measure_count": "Число показателей в строке",
    "shared_zero": "Один ноль на несколько показателей",
    "blank_year": "Год не заполнен",
    "deadline": "Срок назван по-разному",
    "contradiction": "Итог и годы противоречат друг другу",
    "both_possible": "Возможны два прочтения итога",
    "term_variant": "Разные написания одного понятия",
    "slip": "Вероятная описка",
    "correction": "Исправление исходного текста",
    "decision": "Решение о прочтении",
    "plan_version": "Редакции документа",
    "school": "Школа не опознана",
    "merged_school": "Школа вошла в другую или закрыта",
    "former_name": "Прежнее название школы",
    "measure_label": "Номер показателя в форме",
    "pasted_twice": "Строка вставлена дважды",
    "other_year": "Дата из другого года",
    "other_schools": "Строки других школ в выгрузке",
    "quarantine": "Строка отложена до уточнения",
    "two_sources": "Форма и выгрузка расходятся",
    "minimum_score": "Минимальный балл",
    "plausibility": "Числа выглядят странно",
    "blank_fact": "Факт пуст, а дата или примечание есть",
    "evidence": "Подтверждения",
    "acceptance": "Рассмотрение подтверждений",
    "share": "Доля без двух чисел",
    "confirmation": "Соисполнитель сообщает другое",
    "executor_name": "Имена исполнителей",
    "executor": "За показатель никто не отвечает",
    "missing_report": "Нет сведений",
    "late": "Получено после срока",
    "printed_before": "Напечатано раньше, скрыто теперь",
    "other_edition": "Сведения за год, за который отчёт не выходит",
    "contract": "Таблица не отвечает договору о данных",
}

# About what people have set or left open, not about what was received.
OF_SETTINGS = ("rules", "collection", "calendar")


@dataclass(frozen=True)
class Finding:
    """Something a person should know about the source.

    Attributes:
        rule: A key of RULE_TITLES.
        severity: Whether it stops the build.
        file: Path of the source, relative to the project.
        places: Addresses inside the file, as a person counts them («строка 35, ячейка 6»).
        value: What stands there, as received.
        explanation: The rule in words.
        action: What to do.
        stanza: Text ready to paste into a file of rules; empty where none would help.
    """

    rule: str
    severity: Severity
    file: str
    places: tuple[str, ...]
    value: str
    explanation: str
    action: str
    stanza: str = ""

    @property
    def place(self) -> str:
        """All addresses in one line."""
        return "; ".join(self.places)


def row_place(place: str) -> str:
    """The row that a cell stands in: «лист Исполнение, строка 3», «страница 2, таблица 1, строка 8», «строка 23»."""
    match = SHEET_CELL.match(place)
    return f"{match[1]}, строка {match[2]}" if match else CELL_OF_ROW.sub("", place)


@lru_cache(maxsize=256)
def column_letters(column: int) -> str:
    """Letters of a column of a sheet: 1 is A, 28 is AB."""
    rest, last = divmod(column - 1, 26)
    return (column_letters(rest) if rest else "") + chr(ord("A") + last)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that stop the build."""
    return [finding for finding in findings if finding.severity is Severity.BLOCKS]


def stop_for(findings: Sequence[Finding], *before: str) -> None:
    """Stops the work where there are such findings; says them, and before them why."""
    if findings:
        raise BlockedError("\n".join([*before, *screen_lines(findings)]))


def in_listing_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by severity, then by rule; within a rule in the order of the document."""
    severities, rules = list(Severity), list(RULE_TITLES)
    return sorted(findings, key=lambda one: (severities.index(one.severity), rules.index(one.rule)))


def screen_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Lines for a terminal: of each rule the first few things to mend, each with the first places where it stands, and
    how many more there are. What stops the build comes first."""
    for (severity, rule), group in groupby(in_listing_order(findings), key=lambda one: (one.severity, one.rule)):
        members = list(group)
        yield f"{severity.upper()} · {RULE_TITLES[rule]}: {len(members)}"
        alike: dict[tuple[str, str, str], list[Finding]] = {}
        for one in members:
            alike.setdefault((one.explanation, one.action, one.stanza), []).append(one)
        shown = list(alike.values())[:SHOWN_PER_RULE]
        for some in shown:
            yield from _finding_lines(some)
        if rest := len(members) - sum(min(len(some), SHOWN_PER_RULE) for some in shown):
            yield f"    … ещё {rest}: см. полный список"


def full_text(findings: Iterable[Finding]) -> str:
    """Every finding with its stanza, as the text file that `check` leaves in output/."""
    lines: list[str] = []
    for finding in in_listing_order(findings):
        lines.append(f"{finding.severity.upper()} · {RULE_TITLES[finding.rule]}")
        lines.extend(_finding_lines([finding]))
        lines.append("")
    return "\n".join(lines) if lines else "Замечаний нет.\n"


def _finding_lines(alike: Sequence[Finding]) -> Iterator[str]:
    """Where something stands, and once what is said of all these places."""
    for one in alike[:SHOWN_PER_RULE]:
        yield f"  {one.file}: {one.place}"
        if one.value:
            yield f"    стоит:   {_one_line(one.value)}"
    finding = alike[0]
    if len(alike) > 1:
        yield f"    таких мест: {len(alike)}"
    yield f"    правило: {finding.explanation}"
    yield f"    сделать: {finding.action}"
    yield from (f"    {line}" for line in finding.stanza.splitlines())


def _one_line(text: str, limit: int = 160) -> str:
    line = " ⏎ ".join(text.splitlines())
    return line if len(line) <= limit else line[: limit - 1] + "…"


# What becomes of a doubtful row of school facts: what stops the work, what sets a row aside, what asks to look.
#
# The words are those that the findings, the table `quarantine` and the data dictionary print.

BLOCKS = {
    "unread": "Ячейка не читается: слова вместо числа, знак процента, формула без значения, ошибка",
    "twice": "Одна и та же строка стоит в форме дважды с разными значениями",
}
SETS_ASIDE = {
    "no_sheet": "Листа нет в книге или его заголовки изменены: сведений с него нет",
    "no_key": "В строке есть значения, а к чему они относятся, не сказано",
    "unknown_group": "Такой строки на этом листе нет",
    "other_unit": "Единица не та, в какой считается эта строка",
    "unknown_sitting": "Календарь процедур такого не знает",
    "blank_or_zero": "Часть чисел заполнена, а часть пуста: пусто или ноль? Если ноль, впишите 0",
    "no_participants": "Есть результаты, а число участников не указано",
    "marks_do_not_add_up": "Отметки вместе с н/а не дают числа участников",
    "not_attested": "Не аттестованные бывают только в журнале",
    "parts_above_whole": "Частей больше, чем участников",
    "mean_out_of_range": "Средний балл не от 0 до 100",
    "mean_without_participants": "Средний балл есть, а участников нет",
    "mean_against_counts": "При таких числах участников средний балл не может быть таким",
    "people_not_whole": "Люди считаются целыми числами",
    "deficit_above_diagnosed": "Учителей с дефицитом больше, чем прошло диагностику",
    "winners_above_contestants": "Победителей и призёров больше, чем участников",
    "not_in_list": "Значение не из списка",
    "unsafe_link": "Это не адрес http(s) и не имя файла",
    "grades_against_total": "Классы вместе не дают числа всех обучающихся",
    "group_above_total": "В группе больше обучающихся, чем в школе",
    "vacancies_above_posts": "Вакансий больше, чем ставок",
    "categories_against_teachers": "Учителя по категориям вместе не дают числа всех учителей",
    "part_above_whole": "Часть больше целого",
    "unreadable_row": "В выгрузке есть строки, которые не читаются",
    "hidden_rows": "В выгрузке есть скрытые строки этой школы",
    "unknown_school": "Школа не опознана",
    "merged_school": "Школы в это время уже не было",
    "unknown_wave": "Календарь знает несколько волн этого года, а какая это, не записано",
    "other_year": "Файл лежит в папке другого года",
    "no_year": "Год в файле не назван",
    "two_results": "Одна школа и один экзамен стоят дважды с разными числами",
    "two_files": "Две выгрузки называют разные числа",
    "trained_above_teachers": "Прошедших повышение квалификации больше, чем учителей",
}
ASKS = {
    "twice_alike": "Строка стоит второй раз с теми же значениями; засчитана один раз",
    "above_enrolment": "Участников больше, чем обучающихся в этих классах",
    "lower_coverage": "Доля участников заметно меньше, чем год назад",
    "magnitude": "Число изменилось за год во много раз",
    "form_against_export": "Форма школы и выгрузка называют разные числа; взята выгрузка",
    "no_minimum": "Минимальный балл не установлен: «ниже минимума» не считается",
    "same_block": "Те же числа стоят у другой школы или в другом году: не вставлен ли чужой блок",
}

# What the office is told to do about a form; whoever has filled it in reads other words (`forms.annotate`).

ASK = "Уточните у того, кто вернул форму, или запишите исправление в data/corrections.toml."
ASK_SCHOOL = "Уточните у школы и примите форму заново или запишите исправление; до этого строка в таблицы не входит."
NAME_DOCUMENT = (
    "Попросите назвать документ на листе «Подтверждения» и примите форму ещё раз; без него факт не засчитывают."
)
ZERO_OR_NOTHING = "Уточните у того, кто отчитался: не сделано ничего — пусть впишет 0, сделано — число."
CHECK_NUMBER = "Сверьте номер с разосланной формой: факт записан за этот показатель, а за свой его нет."
LOOK = "Сверьте с первичными сведениями школы; если число верно, делать ничего не нужно."
SEND_AGAIN = "Возьмите форму, которую сделала команда analysis forms, перенесите в неё значения и верните."
STRUCK_OUT = "Уточните у того, кто вернул форму: отменённое значение удалите, верное оставьте без зачёркивания."
