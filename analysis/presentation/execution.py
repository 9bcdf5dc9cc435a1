"""What the report says about execution: sentences, and the tables and pictures of plan against fact in order."""

from collections.abc import Iterator

from analysis.contracts.execution import EXECUTION_STATUSES
from analysis.indicators.plan import planned
from analysis.presentation import execution_tables, outstanding
from analysis.presentation.chains import internal_sections
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit
from analysis.presentation.markdown import escape
from analysis.presentation.quality import reported
from analysis.presentation.russian import GENITIVE, counted
from analysis.presentation.sentences import NO_FACTS
from analysis.presentation.words import state_words, task_heading

HOW_COUNTED = (
    "Сообщено — что названо в форме; подтверждено — к чему названы документы; принято — чьи документы приняло "
    "управление. Засчитывается факт того, кто отвечает за показатель; сообщения соисполнителей его лишь подтверждают. "
    "«Выполнено» ставится по принятому; сообщено всё, а документов нет — отдельное состояние. Нет сведений — не ноль. "
    "Состояние дано на срок отчёта."
)
HOW_TOTALLED = (
    "Здесь и по исполнителям считаются показатели с планом больше нуля: о скольких сообщено, по скольким "
    "подтверждено и принято всё, что сообщено."
)
Section = tuple[str, list[Exhibit]]


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about execution and the exhibits it shows; one sentence while there are no facts."""
    if edition.execution.empty:
        return NO_FACTS, []
    parts, exhibits = [], []
    for words, shown in _sections(edition):
        parts += [words, *(one.markdown for one in shown)]
        exhibits += shown
    only_office, more = internal_sections(edition)
    return "\n\n".join([*parts, only_office]), [*exhibits, *more]


def states(edition: Edition) -> str:
    """How many of the planned measures are in which state."""
    rows = planned(edition.execution)
    counts = rows["status"].value_counts()
    if rows.empty:
        return f"Плана больше нуля на {edition.calendar_year} год нет ни у одного показателя (@tbl-statuses)."
    parts = [f"{state_words(state)} — {counts[state]}" for state in EXECUTION_STATUSES if state in counts]
    return (
        f"Из {counted(len(rows), 'показатель', GENITIVE)} с планом на {edition.calendar_year} год: "
        f"{', '.join(parts)} (@tbl-statuses)."
    )


def said(edition: Edition) -> str:
    """The sentences of the section: how many measures are in which state, and what is not known."""
    rows = planned(edition.execution)
    sentences = [states(edition)]
    missing = rows[(rows["missing_reporter_count"] > 0).fillna(False)]
    nobody = rows[rows["expected_reporter_count"].isna()]
    if len(nobody):
        labels = escape(", ".join(nobody["measure_label"]))
        sentences.append(f"За {labels} никто не отвечает: исполнитель форм не получает.")
    if len(missing):
        sentences.append(
            f"Не все сведения получены по {len(missing)} из них: факт там показан вместе с границами "
            "«если не сделано ничего» и «если сделано всё» (@tbl-bounds)."
        )
    else:
        sentences.append(reported(edition))
    return " ".join(sentences)


def escaped_but_references(text: str) -> str:
    """Names of schools are data; the reference to a table at the end is not."""
    words, mark, reference = text.partition(" (@")
    return escape(words) + mark + reference


def _sections(edition: Edition) -> Iterator[Section]:
    """Words and exhibits of each section, in order."""
    yield f"{said(edition)}\n\n{HOW_COUNTED}", [execution_tables.statuses(edition)]
    yield f"## По задачам {{#sec-by-task}}\n\n{HOW_TOTALLED}", [execution_tables.task_results(edition)]
    for task in dict.fromkeys(edition.execution["task_code"]):
        rows = edition.execution[edition.execution["task_code"] == task]
        yield (
            f"## {task_heading(task)}: план и факт {{#sec-fact-{task}}}",
            [execution_tables.task_table(edition, task, rows)],
        )
    yield "## С начала срока {#sec-to-date}", [execution_tables.to_date(edition)]
    yield "## По исполнителям {#sec-by-executor}", [execution_tables.by_executor(edition)]
    yield "## По тем, кто отчитывается {#sec-by-reporter}", [execution_tables.by_reporter(edition)]
    yield _or_words("## По школам {#sec-by-school}", list(outstanding.schools(edition)), "Школы ни за что не отвечают.")
    accepted, own = execution_tables.evidence(edition), execution_tables.own_measures(edition)
    yield _or_words("## Подтверждения {#sec-evidence}", accepted, "Ни одно подтверждение ещё не принято.")
    yield _or_words("## Собственные меры школ {#sec-own-measures}", own, "Школы не сообщили о собственных мерах.")
    shown = [one for one in (outstanding.owed(edition), outstanding.bounds(edition)) if one is not None]
    yield f"## Что за кем {{#sec-owed}}\n\n{escaped_but_references(outstanding.said(edition))}", shown


def _or_words(title: str, shown: list[Exhibit] | Exhibit | None, otherwise: str) -> Section:
    """A section with its exhibits, or the words that there are none."""
    exhibits = [shown] if isinstance(shown, Exhibit) else shown or []
    return (title, exhibits) if exhibits else (f"{title}\n\n{otherwise}", [])
