"""The layouts in which offices publish plans, each in invented wording: what is read of them, and in whose words."""

import pytest

from analysis.contracts.dictionary import broken_relations, violations
from analysis.contracts.execution import TYPED_TABLES
from analysis.contracts.findings import blocking
from plan_documents import document, merged, read, rows, said
from plan_page import page
from roadmaps import HOUSE
from word_documents import cell, paragraph, row, table, word_file

PAGE = HOUSE / "docs/road-maps.md"
KINDS = {
    "measure, term, executor, result": (
        document(table(*rows(
            "№ | Что предстоит: мероприятия | Период исполнения | Ответственные | Итоговый документ",
            "1.1 | Создание штаба | до 15.02.2024 | ИМЦ | Приказ",
            "1.2 | Встречи с директорами | ежемесячно | ИМЦ, школы | Протокол",
            "1.3 | Тренинги | 2024–2026 гг. | ИМЦ | не менее 2 тренингов ежегодно",
            "1.4 | Сопровождение | весь период | ИМЦ | Чек-лист",
        ))),
        [
            "1.1 document | 2024=1* 2025:не планируется 2026:не планируется flow",
            "1.2 document | 2024=12* 2025=12* 2026=12* annual",
            "1.3 count тренингов more | 2024≥2 2025≥2 2026≥2 annual",
            "1.4 document more | 2024≥1* 2025≥1* 2026≥1* both_possible",
        ],
    ),
    "indicators with unit and base year": (
        document(table(*rows(
            "№ п/п | Целевой индикатор | Ед. изм. | Исходное значение, 2023 | План на 2024 год | 2025 | "
            "на конец 2026 г.",
            "1 | Учащиеся, не сдавшие экзамен | % | 8,4 | 7,5 | 6 | не более 5",
            "2 | Наставнические пары | пар | 10 | 12 | 15+ | от 18 до 20",
        ))),
        [
            "1 share % less | 2024=7.5 2025=6 2026≤5 annual",
            "2 count пар more | 2024=12 2025≥15 2026=18..20 both_possible",
        ],
    ),
    "no total, shares in percent": (
        document(table(*rows(
            "Код | Содержание работы | Показатель | 2024 год | 2025 год | 2026 год",
            "1.1 | Курсы | Доля обученных | 25 % | 50% | 90 %",
            "1.2 | Отбор | Команды | 2 | – | х",
            "1.3 | Обзор | Доклад | + | + | ",
        ))),
        [
            "1.1 share % | 2024=25 2025=50 2026=90 annual",
            "1.2 count | 2024=2 2025:не планируется 2026:не применимо flow",
            "1.3 document | 2024=1* 2025=1* 2026:не указано both_possible",
        ],
    ),
    "two-row heading with a unit column": (
        document(table(
            row(cell("№", merge="restart"), cell("Показатели", merge="restart"), cell("Ед. изм.", merge="restart"),
                cell("Значения по годам", span=3), cell("Исполнитель", merge="restart")),
            row(cell(merge="continue"), cell(merge="continue"), cell(merge="continue"), cell("2024"), cell("2025"),
                cell("2026"), cell(merge="continue")),
            *rows("1 | Доля классов с наставником | процентов | 10 | 20 | 30 | ИМЦ",
                  "2 | Кружки | шт. | 3 | 3 | 4 | ДДТ"),
        )),
        [
            "1 share процентов | 2024=10 2025=20 2026=30 annual",
            "2 count шт. | 2024=3 2025=3 2026=4 both_possible",
        ],
    ),
    "quarters as deadlines": (
        document(table(*rows(
            "№ | Мероприятие | Сроки | Ответственный | Вид документа",
            "1. | Положение о конкурсе | 2 квартал 2024 г. | ИМЦ | Положение",
            "2. | Сборники | I полугодие 2025 г. | ИМЦ | Сборники (5 шт.)",
            "3. | Сводка | 1 раз в полугодие | ИМЦ | Сводный отчёт",
        ))),
        [
            "1 document | 2024=1* 2025:не планируется 2026:не планируется flow",
            "2 count шт. | 2024:не планируется 2025=5 2026:не планируется flow",
            "3 document | 2024=2* 2025=2* 2026=2* annual",
        ],
    ),
    "a school-year plan by dates": (
        document(
            table(*rows(
                "№ | Мероприятие | Дата проведения | Ответственный | Результат",
                "1 | Педсовет | 12.09.2024 | Завуч | Протокол",
                "2 | Неделя математики | октябрь–ноябрь | Учителя | Отчёт",
                "3 | Итоги | май | Завуч | Справка",
            )),
            title="План работы на 2024/25 учебный год",
        ),
        [
            "1 document | 2024=1* 2025:не планируется flow",
            "2 document | 2024=1* 2025:не планируется flow",
            "3 document | 2024:не планируется 2025=1* flow",
        ],
    ),
    "Roman numerals, letters and dashes": (
        document(table(
            *rows("№ | Мероприятия | Всего | 2024 | 2025 | 2026 | Исполнители"),
            merged("I. Кадры", 7), *rows("а) | Курсы | 6 | 2 | 2 | 2 | ИМЦ", "б) | Стажировки | 3 | 1 | 1 | 1 | ИМЦ",
                                         "– | Стажировка в области | 1 | 1 | 0 | 0 | ИМЦ"),
            merged("II. Ученики", 7), *rows("а) | Олимпиады | 4 | 4 | 4 | 4 | школы"),
        )),
        [
            "I.а count | 2024=2 2025=2 2026=2 всего 6 flow",
            "I.б count | 2024=1 2025=1 2026=1 всего 3 flow",
            "I.б.1 count | 2024=1 2025=0 2026=0 всего 1 flow",
            "II.а count | 2024=4 2025=4 2026=4 всего 4 annual",
        ],
    ),
    "five years, the total last": (
        document(
            table(*rows("№ | Мероприятие | 2024 | 2025 | 2026 | 2027 | 2028 | Итого",
                        "1 | Смотр | 1 | 1 | 1 | 1 | 1 | 5", "2 | Школы | 3 | 3 | 3 | 3 | 3 | 3")),
            title="Программа на 2024–2028 годы",
        ),
        [
            "1 count | 2024=1 2025=1 2026=1 2027=1 2028=1 всего 5 flow",
            "2 count | 2024=3 2025=3 2026=3 2027=3 2028=3 всего 3 annual",
        ],
    ),
    "a table a task under its own paragraph": (
        document(
            paragraph("Работа с кадрами"),
            table(*rows("№ | Мероприятие | Срок | Результат", "1 | Курсы | март 2024 | Удостоверения",
                        "2 | Пары | июнь 2024 | Приказ")),
            paragraph("Работа с родителями"),
            table(*rows("№ | Мероприятие | Срок | Результат", "1 | Собрание | ежегодно, сентябрь | Протокол")),
        ),
        [
            "1.1 document | 2024=1* 2025:не планируется 2026:не планируется flow",
            "1.2 document | 2024=1* 2025:не планируется 2026:не планируется flow",
            "2.1 document | 2024=1* 2025=1* 2026=1* annual",
        ],
    ),
    "an executor merged over rows": (
        document(table(
            *rows("№ | Мероприятие | 2024 | 2025 | 2026 | Ответственный"),
            row(*map(cell, ("1", "Курсы", "1", "2", "3")), cell("ИМЦ", merge="restart")),
            row(*map(cell, ("2", "Пары", "1", "1", "1")), cell(merge="continue")),
        )),
        [
            "1 count | 2024=1 2025=2 2026=3 both_possible",
            "2 count | 2024=1 2025=1 2026=1 both_possible",
        ],
    ),
    "bounds, states and spans with a baseline": (
        document(table(*rows(
            "№ | Показатель | Единица | Базовое значение | 2024 | 2025 | 2026",
            "1 | Отток учителей | % | 9 (2023 г.) | не более 8 | не более 7 | ≤ 6",
            "2 | Школьный музей | да/нет | нет | нет | да | да",
            "3 | Пробные экзамены | раз | 2 | 2–3 | 3-4 | не менее 4",
        ))),
        [
            "1 share % less | 2024≤8 2025≤7 2026≤6 annual",
            "2 state да/нет | 2024=0 2025=1 2026=1 annual",
            "3 count раз more | 2024=2..3 2025=3..4 2026≥4 both_possible",
        ],
    ),
    "money": (
        document(table(*rows(
            "№ | Мероприятие | Объём финансирования, тыс. руб., 2024 | Финансирование, тыс. руб., 2025 | "
            "Финансирование, тыс. руб., 2026",
            "1 | Оборудование | 1 200 | 350,5 | –",
        ))),
        ["1 money тыс. руб. | 2024=1200 2025=350.5 2026:не планируется both_possible"],
    ),
    "columns by quarter of one year": (
        document(
            table(
                row(cell("№", merge="restart"), cell("Мероприятие", merge="restart"), cell("2024 год", span=4)),
                row(*[cell(merge="continue")] * 2, *map(cell, ("I кв.", "II кв.", "III кв.", "IV кв."))),
                *rows("1 | Рейды | 1 | 1 | 0 | 2", "2 | Отчёты | + | + | + | +", "3 | Слёт | – | 1 | – | –"),
            ),
            title="План на 2024 год",
        ),
        ["1 count | 2024=2..4* flow", "2 document | 2024=4* flow", "3 count | 2024=1 flow"],
    ),
    "from a year on, and months of several years": (
        document(table(*rows(
            "№ | Мероприятие | Срок исполнения | Результат",
            "1 | Мониторинг | ежегодно с 2025 | Отчёт",
            "2 | Слёт | август 2024 года, август 2026 года | Программа",
            "3 | Разбор | Май, ежегодно | Справка",
        ))),
        [
            "1 document | 2024:не планируется 2025=1* 2026=1* annual",
            "2 document | 2024=1* 2025:не планируется 2026=1* both_possible",
            "3 document | 2024=1* 2025=1* 2026=1* annual",
        ],
    ),
    "a baseline and two years that do not follow": (
        document(
            table(*rows("№ | Наименование показателя | Базовое значение 2023 г. | 2025 | 2030",
                        "1 | Доля школ с профилем, % | 40 | 55 | 80")),
            title="Стратегия на 2024–2030 годы",
        ),
        [
            "1 share % more | 2024:не указано 2025=55 2026:не указано 2027:не указано 2028:не указано 2029:не указано "
            "2030=80 annual"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_layout_is_read(kind):
    content, expected = KINDS[kind]
    tables, findings = read(content)
    assert said(tables) == expected
    assert blocking(findings) == []
    assert violations(tables, TYPED_TABLES) == []
    assert broken_relations(tables) == []


def test_the_page_about_them_is_true():
    """`make docs` makes it anew."""
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, KINDS) == text


OTHER_WORDINGS = {
    "capitals, Roman sections, numbers that begin anew": (
        document(table(
            *rows("№ П/П | НАИМЕНОВАНИЕ МЕРОПРИЯТИЯ | СРОК РЕАЛИЗАЦИИ | ИСПОЛНИТЕЛИ | ПОКАЗАТЕЛИ РЕАЛИЗАЦИИ"),
            merged("Раздел I. Документы", 5),
            *rows("1 | Издание приказа | Январь 2024 г. | УО | Издан приказ",
                  "2 | Мониторинг | Ежегодно (август) | ИМЦ | Охвачено не менее 80 % педагогов"),
            merged("Раздел II. Методическая работа", 5),
            *rows("1 | Наставник | сентябрь-октябрь 2024 г., далее ежегодно | ИМЦ, школы | План работы"),
        )),
        [
            "I.1 document | 2024=1* 2025:не планируется 2026:не планируется flow",
            "I.2 share % more | 2024≥80 2025≥80 2026≥80 annual",
            "II.1 document | 2024=1* 2025=1* 2026=1* annual",
        ],
    ),
    "tasks in a merged column of their own": (
        document(table(
            *rows("№ | Направление | Мероприятия | Сроки | Ответственный | Соисполнители | Ожидаемый результат"),
            row(cell("1"), cell("Кадры", merge="restart"),
                *map(cell, ("Курсы", "март-апрель 2024", "ИМЦ", "школы", "Удостоверения (25 чел.)"))),
            row(cell("2"), cell(merge="continue"),
                *map(cell, ("Конкурс", "20.05.2025", "ИМЦ", "–", "Приказ об итогах"))),
            *rows("3 | Ученики | Олимпиада | ежегодно, ноябрь | ИМЦ | школы | Протоколы"),
        )),
        [
            "1 count чел. | 2024=25 2025:не планируется 2026:не планируется flow",
            "2 document | 2024:не планируется 2025=1* 2026:не планируется flow",
            "3 document | 2024=1* 2025=1* 2026=1* annual",
        ],
    ),
    "indicators without numbers of rows": (
        document(table(*rows(
            "Показатель (индикатор) | Ед. измерения | Базовое значение (2023) | Целевое значение 2024 г. | "
            "Целевое значение 2025 г. | Целевое значение 2026 г.",
            "Средний балл экзамена | балл | 3,4 | 3,5 | 3,6 | 3,8",
            "Наличие программы | есть/нет | нет | есть | есть | есть",
        ))),
        ["1 count балл more | 2024=3.5 2025=3.6 2026=3.8 both_possible",
         "2 state есть/нет | 2024=1 2025=1 2026=1 annual"],
    ),
    "months in columns of years, a word merged over them, a sum below": (
        document(table(
            row(cell("№ п/п", merge="restart"), cell("Мероприятие", merge="restart"), cell("Сроки", span=3)),
            row(cell(merge="continue"), cell(merge="continue"), *map(cell, ("2024", "2025", "2026"))),
            *rows("1. | Семинар | май | май, ноябрь | –", "2. | Совещание | ежеквартально | ежеквартально | –"),
            row(cell("3."), cell("Мониторинг"), cell("ежегодно", span=3)),
            row(cell("ИТОГО", span=2), *map(cell, ("2", "3", ""))),
        )),
        [
            "1 document | 2024=1* 2025=2* 2026:не планируется both_possible",
            "2 document | 2024=4* 2025=4* 2026:не планируется annual",
            "3 document | 2024=1* 2025=1* 2026=1* annual",
        ],
    ),
    "plan and fact side by side": (
        document(table(*rows(
            "№ | Задача | Мероприятие | Показатель | План 2024 г. | Факт 2024 г. | План 2025 г. | План 2026 г.",
            "1 | Школы | Выезды | Количество выездов, ед. | 4 | 3 | 5 | 6",
        ))),
        ["1 count ед. | 2024=4 2025=5 2026=6 both_possible"],
    ),
    "several measures of one activity": (
        document(table(
            *rows("№ | Мероприятие | Показатель | 2024 | 2025 | 2026"),
            row(cell("1.1", merge="restart"), cell("Курсы", merge="restart"), *map(cell, ("Доля, %", "1", "2", "3"))),
            row(cell(merge="continue"), cell(merge="continue"), *map(cell, ("Обучено, чел.", "5", "6", "7"))),
        )),
        ["1.1 share % | 2024=1 2025=2 2026=3 annual", "1.1 count чел. | 2024=5 2025=6 2026=7 both_possible"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHER_WORDINGS)
def test_other_wordings(kind):
    content, expected = OTHER_WORDINGS[kind]
    tables, findings = read(content)
    assert said(tables) == expected
    assert blocking(findings) == []
    assert violations(tables, TYPED_TABLES) == []
    assert broken_relations(tables) == []


def test_what_is_alike_is_one_finding_with_its_count():
    lines = [f"{number} | Встреча {number} | до 1 февраля | Протокол" for number in range(1, 6)]
    tables, findings = read(document(table(*rows("№ | Мероприятие | Срок | Результат", *lines))))
    (finding,) = (one for one in findings if one.rule == "deadline")
    assert finding.value == "всего 5: до 1 февраля"
    assert len(finding.places) == 5
    assert set(tables["targets"]["target_mark"]) == {"не прочитано"}


@pytest.mark.parametrize(
    ("heading", "position", "title"),
    [
        (
            ("Приложение № 1", "к приказу управления образования", "от 15.01.2024 № 12", "План на 2024-2026 годы"),
            "приказом управления образования от 15.01.2024 № 12",
            "План на 2024-2026 годы",
        ),
        (
            ("Приложение к постановлению администрации от 15.01.2024 № 2", "Дорожная карта на 2024-2026 гг."),
            "постановлением администрации от 15.01.2024 № 2",
            "Дорожная карта на 2024-2026 гг.",
        ),
    ],
)
def test_an_annex_is_approved_by_its_order(heading, position, title):
    lines = rows("№ | Мероприятие | 2024 | 2025 | 2026", "1 | Курсы | 1 | 1 | 1")
    tables, findings = read(word_file(*map(paragraph, heading), table(*lines)))
    assert blocking(findings) == []
    (approval,) = tables["approval"].to_dict("records")
    assert (approval["approver_position"], approval["title"]) == (position, title)


def test_without_an_approval_the_title_is_read_and_the_date_may_be_stated():
    content = word_file(paragraph("План на 2024-2026 годы"), table(*rows("№ | Мероприятие | 2024 | 2025 | 2026",
                                                                         "1 | Курсы | 1 | 1 | 1")))  # fmt: skip
    (finding,) = blocking(read(content)[1])
    assert "approved = 2024-01-31" in finding.action
    tables, findings = read(content, stated={"approved_date": "15.01.2024"})
    assert blocking(findings) == []
    assert tables["approval"]["title"].tolist() == ["План на 2024-2026 годы"]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), KINDS), encoding="utf-8")
