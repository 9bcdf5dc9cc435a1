"""Sentences made from the data. Each function gives one sentence, or nothing where the data do not carry it."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from analysis.contracts.columns import UNREAD_MARK
from analysis.contracts.findings import RULE_TITLES
from analysis.contracts.report import EXECUTION, FORM
from analysis.indicators.plan import NOTHING_PLANNED, not_stated
from analysis.presentation.edition import Edition
from analysis.presentation.markdown import escape
from analysis.presentation.words import (
    DERIVED_WORD,
    GENITIVE,
    PREPOSITIONAL,
    counted,
    derived_words,
    ended,
    listed,
    long_date,
    month_name,
    rows_of,
    task_words,
)

ALL_REPORTED = "Все, кто должен был отчитаться, отчитались."
NOT_ALL_TOLD = "Формы прислали все, но о чём-то из спрошенного в них не сообщили."


NO_RESULTS = "Результатов школ в проекте тоже нет, поэтому стало ли в них лучше, сказать нельзя."
NO_FACTS = "Сведений об исполнении в проект не поступало, поэтому о том, что выполнено, этот отчёт не говорит ничего."
NOT_COME = (
    "Не поступали формы исполнителей и школ, реестр школ, подтверждающие документы и результаты процедур. Пока их нет, "
    "доклад говорит только о плане: его числа взяты из подписанного документа."
)
ATTENTION = "посмотрите"
ALL_CLEAR = "Все итоги документа читаются однозначно."


def of_the_plan(edition: Edition) -> str:
    """How much is planned this year, by task, and what is not."""
    said = [size_of_plan(edition), tasks_of_year(edition), *without_target(edition)]
    return " ".join(said)


def _approved_by(who: str) -> str:
    """By a person, or by an order («УТВЕРЖДЕНО приказом …»)."""
    if not who:
        return "Кто утвердил, в документе не найдено."
    is_an_order = who.casefold().startswith(("приказ", "постановлен", "распоряжен", "решен"))
    return escape(ended(f"Утверждён {who}" if is_an_order else f"Утвердил: {who}"))


def size_of_plan(edition: Edition) -> str:
    """How many measures and activities are planned this year."""
    planned, all_of_them = edition.planned, edition.this_year
    return (
        f"На {edition.calendar_year} год план больше нуля стоит у "
        f"{counted(len(planned), 'показатель', GENITIVE)} из {len(all_of_them)}; "
        f"это {counted(planned['activity_code'].nunique(), 'мероприятие')} "
        f"из {all_of_them['activity_code'].nunique()}."
    )


def tasks_of_year(edition: Edition) -> str:
    """Planned measures by task."""
    parts = [
        f"{task_words(row['task_code'])} — {row['planned_count']} "
        f"из {row['planned_count'] + row['zero_count'] + row['blank_count']}"
        for row in rows_of(edition.facts("composition"))
    ]
    return f"По задачам запланировано показателей: {', '.join(parts)} (@fig-composition)."


def without_target(edition: Edition) -> Iterator[str]:
    """Which measures have a zero, and which have nothing at all: two sentences, for these are two things."""
    rows = edition.this_year
    nothing = rows["target_mark"].isin(NOTHING_PLANNED)
    zero = rows.loc[(rows["target_count"] == 0).fillna(False), "measure_label"]
    unstated = not_stated(rows)
    unread = unstated["target_mark"] == UNREAD_MARK
    blank = unstated.loc[~unread, "measure_label"]
    if len(zero):
        yield f"Ноль на этот год стоит у {counted(len(zero), 'показатель', GENITIVE)}: {_codes(zero)}."
    if len(blank):
        yield (
            f"Значение года не заполнено у {counted(len(blank), 'показатель', GENITIVE)}: {_codes(blank)}; "
            "пустая ячейка — не ноль."
        )
    if unread.any():
        labels = unstated.loc[unread, "measure_label"]
        yield f"Значение года не прочитано: {_codes(labels)}; это не ноль (@tbl-findings)."
    if nothing.any():
        labels = rows.loc[nothing, "measure_label"]
        yield f"На этот год не запланированы {_codes(labels)}: прочерк или срок в другом году."


def derived(edition: Edition) -> str:
    """Which numbers the document does not write, and by which rules they follow; empty where it writes all."""
    rows = edition.this_year[edition.this_year["derived_rule"].notna() & edition.this_year["target_low"].notna()]
    if rows.empty:
        return ""
    rules = derived_words(rows["derived_rule"])
    return (
        f"У {counted(len(rows), 'показатель', GENITIVE)} ({_codes(rows['measure_label'])}) документ не пишет числа: "
        f"оно выведено из его слов ({rules}) и помечено словом «{DERIVED_WORD}»."
    )


def deadlines(edition: Edition) -> str:
    """For which measures the document names a month."""
    named = edition.planned[edition.planned["deadline_month"].notna()]
    if named.empty:
        return "Месяц исполнения документ на этот год не называет ни разу (@tbl-calendar)."
    said = listed([f"{row['measure_label']} — {month_name(int(row['deadline_month']))}" for row in rows_of(named)])
    rest = len(edition.planned) - len(named)
    others = f"; у остальных ({rest}) срок — в течение года" if rest else ""
    owners = counted(len(named), "показатель", GENITIVE)
    return f"Месяц исполнения назван у {owners}: {escape(said)}{others} (@tbl-calendar)."


def busiest_executor(edition: Edition) -> str:
    """Who is named most often; several where they are equal."""
    if edition.load.empty:
        return ""
    most = edition.load[edition.load["planned_count"] == edition.load["planned_count"].max()]
    names = listed([str(name) for name in most["executor_name"]])
    count = int(most["planned_count"].iloc[0])
    is_named = "назван" if len(most) == 1 else "названы"
    return (
        f"Чаще всего исполнителем {is_named} {escape(names)}: в {counted(count, 'показатель', PREPOSITIONAL)} "
        f"из {len(edition.planned)} (@tbl-load)."
    )


def readings(edition: Edition) -> str:
    """Which totals may be read in two ways."""
    labels = list(dict.fromkeys(edition.open["measure_label"]))
    if not labels:
        return ""
    return (
        f"Итог за весь срок у {counted(len(labels), 'показатель', GENITIVE)} ({escape(', '.join(labels))}) "
        "документ оставляет открытым; отчёт показывает оба прочтения (@tbl-readings)."
    )


def findings(edition: Edition) -> str:
    """How many findings about the document there are and of which weight; for the office also the others."""
    found = edition.findings
    of_document = found["source_file"] == edition.document
    about, others = found[of_document], found[~of_document]
    said = (
        f"Проверка текста документа дала {counted(len(about), 'замечание')}: {_by_weight(about)} (@tbl-findings)."
        if len(about)
        else "Проверка текста документа замечаний не дала."
    )
    rest = f" К формам, выгрузкам и настройкам проекта замечаний — {len(others)}: {_by_weight(others)}."
    return said + (rest if len(others) else "")


def kinds_of_findings(edition: Edition) -> str:
    """What the weightier findings about the document are, as points of a list, the most frequent first."""
    found = edition.findings
    weighty = found[(found["source_file"] == edition.document) & (found["severity"] == ATTENTION)]
    counts = weighty["rule"].map(RULE_TITLES).value_counts()
    return "\n".join(f"- {escape(str(title))}: {count}" for title, count in counts.items())


def _by_weight(found: pd.DataFrame) -> str:
    weights = found["severity"].value_counts()
    return ", ".join(f"«{weight}» — {weights[weight]}" for weight in (ATTENTION, "учтено") if weight in weights)


def approval(edition: Edition) -> str:
    """Who approved the document, when, and for which years."""
    row = edition.approval
    who = " ".join(str(part) for part in (row["approver_position"], row["approver_name"]) if pd.notna(part))
    later = not pd.isna(row["in_force_date"])
    return " ".join(
        [
            escape(ended(str(row["title"]))),
            ended(f"Документ утверждён {long_date(row['approved_date'].date())}"),
            _approved_by(who),
            *([_in_force(row["in_force_date"].date(), row["version_basis"])] if later else []),
            f"Срок: {row['period_first_year']}–{row['period_last_year']} годы.",
        ]
    )


def _in_force(since: date, basis: str) -> str:
    return escape(ended(f"Эта редакция действует с {long_date(since)}: {basis}"))


def data_date(edition: Edition) -> str:
    """Of which day the data are: the latest day on which a source was received."""
    return ended(f"Данные на {long_date(edition.data_date)}")


def contact(edition: Edition) -> str:
    """Who publishes and where to write."""
    where = edition.project.contact or "издатель пока не указал, куда писать"
    return escape(f"{ended(edition.project.publisher)} {ended(f'Вопросы и сообщения об ошибках: {where}')}")


def _codes(labels: "pd.Series[str]") -> str:
    return escape(", ".join(labels))


def reported(edition: Edition) -> str:
    """Whether all who had to report have, executors and schools alike: by their forms, then by the measures in them."""
    rows = edition.facts("reporter_completeness")
    short = (rows["missing_row_count"] > 0).fillna(False)
    forms, measures = rows["fact_kind"] == FORM, rows["fact_kind"] == EXECUTION
    if not (short & forms).any():
        return NOT_ALL_TOLD if (short & measures).any() else ALL_REPORTED
    of_school = rows["reporter"].isin(list(edition.school_names))
    counts = (
        f"{name} — {int((forms & who & ~short).sum())} из {int((forms & who).sum())}"
        for name, who in (("школ", of_school), ("исполнителей за город", ~of_school))
        if (forms & who).any()
    )
    return f"Форму {cutoff_words(edition)} прислали не все: {', '.join(counts)}."


def cutoff_words(edition: Edition) -> str:
    """«за 2021 год в срок», or that its cutoff has not come yet."""
    about = f"за {edition.calendar_year} год"
    return f"{about} в срок" if edition.is_over else f"{about} (срок ещё не наступил)"
