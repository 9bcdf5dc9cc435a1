"""What the report says of its facts: how complete they are, who sent what, what is found in them and set aside."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from analysis.contracts.columns import shaped
from analysis.contracts.execution import Findings
from analysis.contracts.findings import Severity
from analysis.contracts.report import (
    ASIDE,
    FORM,
    NOTHING,
    PARTLY,
    RESULTS,
    THERE,
    TOO_LATE,
    Completeness,
    FindingCounts,
    ReporterCompleteness,
    SetAsideCounts,
    SetAsideRows,
)
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Col, Condensed, Exhibit, Part, chapter, table
from analysis.presentation.markdown import escape
from analysis.presentation.sentences import cutoff_words
from analysis.presentation.shares import whole_percent
from analysis.presentation.words import PREPOSITIONAL, Row, count_words, counted, date_words, form

NO_FACTS = "Сведений ни от школ, ни от исполнителей в проект не поступало: судить об их полноте и качестве не по чему."
HOW_COMPLETE = (
    "«Есть хоть что-то» — вошла или отложена хоть одна строка; «есть всё» — есть все строки, о которых спрашивает "
    "форма, и ни одна её строка не отложена. Результаты процедур берутся из форм и из выгрузок: они могут быть и о "
    "школе, которая формы не прислала, а ошибка выгрузки — не ошибка школы. Пустой лист — «нет сведений»: было ли что "
    "сообщать, он не говорит. Нет сведений — не ноль."
)
ABOUT_OWED = "Чего нет по показателям и за кем это — в разделе «Что за кем» (@tbl-owed)."
HOW_SET_ASIDE = "Отложенная строка прочитана, но в таблицы не вошла: её числа противоречат друг другу или неполны."
TWO_SOURCES = "Форма школы и выгрузка системы называют разные числа, случаев: {count}; взяты числа выгрузки."
NOTHING_ASIDE = "Отложенных строк нет."
# The verb that stands with a counted noun: 1 школа прислала, 2 школы прислали, 5 школ прислали.
SENT = ("прислала", "прислали", "прислали")
SET_ASIDE = ("отложена", "отложены", "отложено")
NOT_ONE = "не прислала ни одна школа из {asked}"
NOT_SET = "не установлено"
ALL_THERE = "всё"
STATES = {THERE: [THERE], PARTLY: [PARTLY], ASIDE: [ASIDE], NOTHING: [NOTHING, TOO_LATE]}


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about completeness and quality and its exhibits; one sentence while there are no facts."""
    if edition.execution.empty:
        return NO_FACTS, []
    return chapter([(f"{escape(sent(edition))}\n\n{HOW_COMPLETE}", []), *_parts(edition)])


def sent(edition: Edition) -> str:
    """How many schools and executors sent something, how many schools sent all of it, how much is set aside."""
    rows = edition.facts("reporter_completeness")
    of_school = rows["reporter"].isin(list(edition.school_names))
    parts = list(_senders(rows, of_school, cutoff_words(edition)))
    whole = (rows[of_school]["completeness"] == THERE).groupby(rows[of_school]["reporter"]).all().sum()
    if whole:
        parts.append(f"все сведения есть о {counted(whole, 'школа', PREPOSITIONAL)}")
    aside = int(edition.facts("completeness")["set_aside_row_count"].sum())
    if aside:
        parts.append(f"{form(aside, SET_ASIDE)} до уточнения {counted(aside, 'строка')}")
    return f"{'; '.join(parts)}."


def _parts(edition: Edition) -> Iterator[Part]:
    yield "", [_completeness_table(edition)]
    owed = [] if edition.facts("owed").empty else [ABOUT_OWED]
    yield "\n\n".join(["## О ком что есть {#sec-who-sent}", *owed]), [_reporters_table(edition)]
    differ = _differences(edition)
    said = " ".join(filter(None, [_found(edition), TWO_SOURCES.format(count=len(differ)) if len(differ) else ""]))
    shown = [*_finding_tables(edition), *_difference_tables(edition, differ)]
    yield f"## Замечания к сведениям {{#sec-fact-findings}}\n\n{said}", shown
    aside = _aside_tables(edition)
    yield f"## Что отложено {{#sec-set-aside}}\n\n{HOW_SET_ASIDE if aside else NOTHING_ASIDE}", aside


def _senders(rows: pd.DataFrame, of_school: "pd.Series[bool]", when: str) -> Iterator[str]:
    forms = rows["fact_kind"] == FORM
    came = forms & ~rows["completeness"].isin([NOTHING, TOO_LATE])
    schools, asked = int((came & of_school).sum()), int((forms & of_school).sum())
    others = f"{int((came & ~of_school).sum())} из {int((forms & ~of_school).sum())}"
    if not asked:
        yield f"Сведения {when} прислали исполнители: {others}"
        return
    who = f"{form(schools, SENT)} {counted(schools, 'школа')} из {asked}" if schools else NOT_ONE.format(asked=asked)
    yield f"Сведения {when} {who}, исполнителей за город — {others}"


def _completeness_table(edition: Edition) -> Exhibit:
    columns = [
        Col("fact_kind", width=22, say=lambda kind: kind[:1].upper() + kind[1:]),
        Col(None, "Есть хоть что-то", 26, "c", _sent_words),
        Col(None, "Есть всё", 17, "c", _complete_words),
        Col("row_count", width=9, align="c", say=lambda count: str(count or "—")),
        Col("set_aside_row_count", "Отложено", 12, "c", lambda count: str(count or "—")),
        Col("received_date", "Последние получены", 14, "c", partial(date_words, otherwise="—")),
    ]
    caption = f"Полнота сведений за {edition.calendar_year} год"
    return table(edition, "completeness", caption, Completeness, edition.facts("completeness"), columns)


def _sent_words(row: Row) -> str:
    """Of how many there is something; of exports nobody has said how many should be."""
    asked, some = row["asked_reporter_count"], row["sent_reporter_count"]
    if pd.isna(asked):
        return f"{some}; от скольких ждать, {NOT_SET}" if some else "—"
    return f"{some} из {asked}" if some else NOTHING


def _complete_words(row: Row) -> str:
    """Of how many there is everything."""
    asked = row["asked_reporter_count"]
    if pd.isna(asked) or not row["sent_reporter_count"]:
        return "—"
    return f"{row['complete_reporter_count']} из {asked} ({whole_percent(row['complete_share'] / 100)})"


def _reporters_table(edition: Edition) -> Exhibit:
    """Each reporter with the kinds of facts in each state; those who sent everything share the last row."""
    rows = edition.facts("reporter_completeness")
    data = rows.assign(reporter=rows["reporter"].map(edition.name_of).astype("str"))
    whole, printed = [], []
    for login, mine in rows.groupby("reporter", sort=False):
        name, kinds = edition.name_of(str(login)), list(zip(mine["fact_kind"], mine["completeness"], strict=True))
        if all(state == THERE for _, state in kinds):
            whole.append(name)
        else:
            printed.append({"reporter": name, **dict(zip(STATES, _kinds_by_state(kinds), strict=True))})
    if whole:
        printed.append({"reporter": ", ".join(whole), **dict.fromkeys(STATES, "—"), THERE: ALL_THERE})
    columns = [
        Col("reporter", "О ком", 22),
        Col(THERE, "Есть", 26),
        Col(PARTLY, "Частично", 20),
        Col(ASIDE, "Отложено", 14),
        Col(NOTHING, "Нет сведений", 18),
    ]
    caption = f"О ком какие сведения есть за {edition.calendar_year} год"
    return table(edition, "who-sent", caption, ReporterCompleteness, Condensed(data, printed), columns)


def _kinds_by_state(told: Sequence[tuple[str, str]]) -> Iterator[str]:
    for states in STATES.values():
        mine = [(kind, state) for kind, state in told if state in states]
        if len(mine) == len(told) and not any(state == TOO_LATE for _, state in mine):
            yield ALL_THERE
        else:
            kinds = [f"{_short(kind)} ({state})" if state == TOO_LATE else _short(kind) for kind, state in mine]
            yield ", ".join(kinds) or "—"


def _short(kind: str) -> str:
    return kind.removeprefix(f"{RESULTS}: ")


def _found(edition: Edition) -> str:
    counts = edition.facts("finding_counts")
    if counts.empty:
        return "Проверка сведений замечаний не дала."
    by_weight = counts.groupby("severity")["finding_count"].sum()
    parts = ", ".join(f"«{one}» — {by_weight[one]}" for one in map(str, Severity) if one in by_weight)
    return f"Проверка сведений дала {counted(int(by_weight.sum()), 'замечание')}: {parts} (@tbl-fact-findings)."


def _finding_tables(edition: Edition) -> list[Exhibit]:
    data = edition.facts("finding_counts").drop(columns="calendar_year")
    columns = [
        Col("rule_title", width=56),
        Col("severity", width=24),
        Col("finding_count", "Сколько", 20, "c"),
    ]
    caption = f"Замечания к сведениям за {edition.calendar_year} год"
    return [table(edition, "fact-findings", caption, FindingCounts, data, columns)] if len(data) else []


def _differences(edition: Edition) -> pd.DataFrame:
    """The findings of this year about a form and an export that differ."""
    found, displaced = edition.tables["findings"], edition.facts("displaced_results")
    found = found.loc[found["rule"] == "two_sources", ["source_file", "place", "explanation"]]
    return found[found["source_file"].isin(displaced.get("source_file", ()))]


def _difference_tables(edition: Edition, differ: pd.DataFrame) -> list[Exhibit]:
    """Which numbers differ: for the office alone."""
    if differ.empty or not edition.internal:
        return []
    columns = [Col(None, "Где в форме", 36, "l", _where), Col("explanation", "Что расходится", 64)]
    return [table(edition, "two-sources", "Где форма и выгрузка расходятся", Findings, differ, columns)]


def _aside_tables(edition: Edition) -> list[Exhibit]:
    """Counts by reason; for the office also where each row stands."""
    counts = edition.facts("set_aside_counts").drop(columns="calendar_year")
    if counts.empty:
        return []
    columns = [
        Col("fact_kind", width=24),
        Col("why", width=62),
        Col("set_aside_row_count", "Строк", 14, "c"),
    ]
    caption = f"Отложенные строки за {edition.calendar_year} год по причинам"
    tables = [table(edition, "set-aside", caption, SetAsideCounts, counts, columns)]
    return [*tables, _aside_rows(edition)] if edition.internal else tables


def _aside_rows(edition: Edition) -> Exhibit:
    lines = edition.facts("aside_lines")
    names = lines["reporter"].map(edition.school_names)
    data = shaped(lines.assign(school_name=names.astype("str").where(names.notna())), SetAsideRows).set_axis(
        lines.index
    )
    columns = [
        Col("school_name", width=20, say=partial(count_words, otherwise="школа не опознана")),
        Col("fact_kind", width=17),
        Col("why", width=33),
        Col(None, "Где", 30, "l", _where),
    ]
    return table(edition, "set-aside-rows", "Отложенные строки и где они стоят", SetAsideRows, data, columns)


def _where(row: Row) -> str:
    return f"{row['source_file']}: {row['place']}"
