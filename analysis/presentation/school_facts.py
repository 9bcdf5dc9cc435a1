"""What the report says about schools: results, pupils, staff, deficits, self-assessment, contests; masked for all."""

import pandas as pd

from analysis.contracts.school_groups import GROUP_TABLES
from analysis.presentation import school_tables
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit
from analysis.presentation.markdown import escape

NO_FACTS = "Сведений о контингенте, кадрах и результатах школ в проект не поступало."
# To be printed wherever results of the ВПР are: Rosobrnadzor 2021, and the recommendations of 2025/26.
VPR_NOTICE = (
    "Результаты ВПР не предназначены для оценки работы школ, органов управления образованием и учителей: "
    "они нужны для анализа и для программ развития. Рейтинги по ним не строятся."
)
WHO_IS_WHO = (
    "Поддерживаемые школы показаны поимённо, остальные — вместе; «Город» — сумма тех и других. Доля стоит в скобках "
    "после числа, из которого она получена, знаменатель — в соседнем столбце. Прочерк — сведений нет, это не ноль; "
    "если их не дала хотя бы одна школа, общего числа по столбцу тоже нет."
)
LARGER_REMAIN = (
    "В открытом отчёте скрыты прежде всего малые числа, поэтому в таблицах и на рисунках остаются главным образом "
    "школы и предметы, где участников больше, и доли, за которыми стоит больше людей. По напечатанному нельзя судить "
    "ни о малых школах, ни о том, какая доля обычна: обычную показывает строка «Город», где она открыта."
)
HIDDEN_BLANK = "или скрыто, тогда столбец назван в «Скрыто»"
RESULT_TABLES = ("mark_results", "score_results")
SECTIONS = (
    ("## Контингент {#sec-pupils}", "pupil_groups", school_tables.pupil_table),
    ("## Кадры {#sec-staff}", "staff_parts", school_tables.staff_table),
    ("## Профессиональные дефициты {#sec-deficits}", "deficit_parts", school_tables.deficit_table),
    ("## Самооценка школ {#sec-self-assessment}", "self_assessment_parts", school_tables.self_assessment_table),
    ("## Конкурсы {#sec-contests}", "contest_parts", school_tables.contest_table),
)


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about schools and the exhibits it shows; one sentence while there are no facts."""
    if all(edition.school_facts(name).empty for name in GROUP_TABLES):
        return NO_FACTS, []
    parts, shown = [WHO_IS_WHO, policy_words(edition)], []
    results = list(school_tables.result_tables(edition))
    if results:
        parts += ["## Результаты {#sec-results}", *larger_remain(edition), *_notice(edition)]
        parts += [_printed(edition, one) for one in results]
        shown += results
    for title, name, table in SECTIONS:
        if len(edition.school_facts(name)):
            exhibit = table(edition)
            parts += [title, _printed(edition, exhibit)]
            shown.append(exhibit)
    return "\n\n".join(part for part in parts if part), shown


def policy_words(edition: Edition) -> str:
    """What is hidden and on what ground; nothing in the edition for the office, where nothing is."""
    if edition.internal:
        return ""
    policy = edition.policy
    return escape(
        f"Чтобы по числу нельзя было узнать о человеке, не печатаются числа людей меньше {policy.smallest_count}, ноль "
        f"тоже, доли и средние меньше чем по {policy.smallest_base} и всё, из чего скрытое можно вычислить; там стоит "
        f"«скрыто». Правило версии {policy.version}: {policy.ground}."
    )


def larger_remain(edition: Edition) -> list[str]:
    """That what is printed of results leans to the larger numbers; nothing where nothing of them is hidden."""
    hides = any(_hides(edition.school_facts(name)) for name in RESULT_TABLES)
    return [LARGER_REMAIN] if hides else []


def _notice(edition: Edition) -> list[str]:
    """The notice about the ВПР, where their results are shown."""
    rows = edition.school_facts("mark_results")
    about = f'::: {{.callout-important title="О результатах ВПР"}}\n{VPR_NOTICE}\n:::'
    return [about] if (rows["procedure"] == "ВПР").any() else []


def _printed(edition: Edition, exhibit: Exhibit) -> str:
    """The table, under it what «скрыто» means where it stands, and the notice again under each table of the ВПР."""
    notes = [_hidden_note(edition)] if _hides(exhibit.data) else []
    if "procedure" in exhibit.data and (exhibit.data["procedure"] == "ВПР").any():
        notes.append(VPR_NOTICE)
    return "\n\n".join([exhibit.markdown, *(f"::: {{.table-note}}\n{note}\n:::" for note in notes)])


def _hides(data: pd.DataFrame) -> bool:
    return "hidden_columns" in data and bool((data["hidden_columns"] != "").any())


def _hidden_note(edition: Edition) -> str:
    policy = edition.policy
    return (
        f"Скрыто: людей меньше {policy.smallest_count}, доля или среднее меньше чем по {policy.smallest_base} "
        "или число, из которого скрытое можно вычислить."
    )
