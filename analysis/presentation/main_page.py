"""«Главное»: a few numbers with what they are compared with, a few sentences, and what has to be decided by whom."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from analysis.contracts.columns import UNREAD_MARK
from analysis.contracts.execution import (
    CAME_LATE,
    DONE,
    NO_REPORT,
    NOBODY,
    NOT_DONE,
    NOT_EXAMINED,
    OFFICE,
    PARTLY,
    SENT_BACK,
)
from analysis.contracts.report import FORM, NOTHING, THERE, TOO_LATE
from analysis.indicators.plan import not_stated, planned_in
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.sentence import SUMMARY, TRANSITION, Case, Evidence
from analysis.presentation.edition import Edition
from analysis.presentation.markdown import escape, only_in
from analysis.presentation.sentences import NO_FACTS, NO_RESULTS
from analysis.presentation.shares import out_of, whole_percent
from analysis.presentation.words import (
    GENITIVE,
    PREPOSITIONAL,
    Row,
    counted,
    form,
    in_order_of_codes,
    listed,
    month_name,
    rows_of,
    short_date,
)
from analysis.rules.documents import REPORT

MOST_NAMED, MOST_SENTENCES = 4, 5


CARD_HEAD = (
    "| Сколько | Чего | Для сравнения | Подробно в разделе |\n"
    "|:--------|:-----------------|:-----------------|:-------------|"
)


class Card(NamedTuple):
    """A number that is read first.

    Attributes:
        number: The number, large.
        words: What it counts, at most six words.
        beside: What gives it meaning: of how many, last year, the plan.
        where: The section that shows more of it: its name and address.
    """

    number: str
    words: str
    beside: str
    where: tuple[str, str]


PROGRESS, OWED, SCHOOLS = (
    ("План и факт", "sec-progress"),
    ("Что за кем", "sec-owed"),
    ("Поддерживаемые школы", "sec-supported"),
)
LEARNING, BASIS, PLAN = ("Обучение", "sec-learning"), ("На чём стоит доклад", "sec-basis"), ("План", "sec-progress")
EXECUTORS, UNCLEAR = ("Кто исполняет", "sec-owed"), ("Что неясно в документе", "sec-unclear")


def main_page(edition: Edition) -> str:
    """The chapter, as Markdown."""
    parts = ["# Главное {#sec-summary}", shown(list(cards(edition))), _points(sentences(edition))]
    asked = decisions(edition)
    if asked:
        parts += ["## Нужно решить {#sec-decide .unnumbered .unlisted}", _points([escape(one) for one in asked])]
    return "\n\n".join(part for part in parts if part)


def _points(lines: Sequence[str]) -> str:
    return "\n".join(f"- {one}" for one in lines)


def shown(some: Sequence[Card]) -> str:
    """Cards on a page of the site, a table on paper."""
    boxes = "\n\n".join(_box(one) for one in some)
    lines = [
        f"| **{escape(one.number)}** | {escape(one.words)} | {escape(one.beside)} | {escape(one.where[0])} |"
        for one in some
    ]
    return "\n\n".join(
        [
            only_in('when-format="html"', f":::: {{.cards}}\n{boxes}\n::::"),
            only_in('unless-format="html"', "\n".join([CARD_HEAD, *lines])),
        ]
    )


def _box(one: Card) -> str:
    words, address = one.where
    return (
        f"::: {{.card}}\n[{escape(one.number)}]{{.card-number}} [{escape(one.words)}]{{.card-words}}\n\n"
        f"{escape(one.beside)}. [{words}](#{address})\n:::"
    )


def cards(edition: Edition) -> Iterator[Card]:
    """Four to six numbers: of what was done, or of the plan where nobody has reported."""
    if edition.execution.empty:
        yield from _plan_cards(edition)
        return
    yield _done(edition)
    if edition.is_over:
        yield from _owed_cards(edition)
    yield from _sent(edition)
    if edition.supported:
        words = form(len(edition.supported), ("школа получает", "школы получают", "школ получают"))
        beside = f"всего в реестре школ {len(edition.school_names)}"
        yield Card(str(len(edition.supported)), f"{words} поддержку", beside, SCHOOLS)
    yield from _topic(edition)


def _done(edition: Edition) -> Card:
    done, planned = _completed(edition, edition.calendar_year)
    before = _completed(edition, edition.calendar_year - 1)
    beside = (
        f"в {edition.calendar_year - 1} году {before[0]} из {before[1]}" if before[1] else f"план на год — {planned}"
    )
    return Card(f"{done} из {planned}", "показателей выполнено", beside, PROGRESS)


def _completed(edition: Edition, year: int) -> tuple[int, int]:
    """How many of the planned measures of a year were carried out, and how many there were."""
    rows = planned_in(edition.of_year(year).facts("plan_fact"), year)
    return int((rows["status"] == DONE).sum()), len(rows)


def _owed_cards(edition: Edition) -> Iterator[Card]:
    rows = edition.facts("owed")
    waiting = rows[rows["owed_kind"] == NOT_EXAMINED]
    others = rows[rows["debtor"] != OFFICE]
    if len(waiting):
        since = waiting["since_date"].min()
        words = form(len(waiting), ("показатель ждёт", "показателя ждут", "показателей ждут"))
        yield Card(str(len(waiting)), f"{words} решения управления", f"дольше всех — с {short_date(since)}", OWED)
    who = list(dict.fromkeys(edition.name_of(one) for one in others["debtor"]))
    beside = f"за кем: {_few(who)}" if who else "на срок отчёта всё сдано"
    yield Card(str(len(others)), "не сдано исполнителями и школами", beside, OWED)


def _sent(edition: Edition) -> Iterator[Card]:
    rows = edition.facts("reporter_completeness")
    forms = rows[(rows["fact_kind"] == FORM) & rows["reporter"].isin(list(edition.school_names))]
    if len(forms):
        came = int((~forms["completeness"].isin([NOTHING, TOO_LATE])).sum())
        whole = int((rows["completeness"] == THERE).groupby(rows["reporter"]).all().reindex(forms["reporter"]).sum())
        yield Card(f"{came} из {len(forms)}", "школ прислали сведения", f"сведения полны о {whole}", BASIS)


def _topic(edition: Edition) -> Iterator[Card]:
    rows = edition.shown_indicators
    rows = rows[(rows["indicator_id"] == "deficit_share") & (rows["group_name"] == "Город")]
    rows = rows[rows["interval_low"].notna()]
    if len(rows):
        most = rows_of(rows.sort_values("value", ascending=False, kind="stable"))[0]
        beside = f"{most['aspect']}: {out_of(most)}"
        yield Card(whole_percent(most["value"]), "учителей с самым частым дефицитом", beside, LEARNING)


def _plan_cards(edition: Edition) -> Iterator[Card]:
    year, planned = edition.calendar_year, edition.planned
    before = len(planned_in(edition.plan, year - 1))
    beside = f"в {year - 1} году — {before}" if before else f"всего в документе — {len(edition.this_year)}"
    noun = form(len(planned), ("показатель", "показателя", "показателей"))
    yield Card(str(len(planned)), f"{noun} запланировано на {year} год", beside, PLAN)
    named = planned[planned["deadline_month"].notna()]
    months = "; ".join(f"{row['measure_label']} — {month_name(int(row['deadline_month']))}" for row in rows_of(named))
    beside = months or "у всех срок — в течение года"
    yield Card(str(len(named)), "со сроком в названном месяце", beside, PLAN)
    firsts = planned["activity_code"].map(edition.first_executors).value_counts()
    if len(firsts):
        words = form(len(firsts), ("первый исполнитель", "первых исполнителя", "первых исполнителей"))
        yield Card(str(len(firsts)), words, _shares(firsts), EXECUTORS)
    count = edition.open["measure_label"].nunique()
    words = form(count, ("итог читается", "итога читаются", "итогов читаются")) + " двояко"
    yield Card(
        str(count), words, "за весь срок; показаны оба прочтения" if count else "все итоги документа ясны", UNCLEAR
    )


def _shares(counts: "pd.Series[int]") -> str:
    return ", ".join(f"{name} — {count}" for name, count in counts.items())


def sentences(edition: Edition) -> list[str]:
    """Three to five sentences, those first on which most has to be decided."""
    if edition.execution.empty:
        no_results = [NO_RESULTS] if edition.shown_indicators.empty else []
        return [NO_FACTS, *no_results, *(escape(one) for one in _of_the_plan(edition))]
    said = [escape(one) for one in (*_behind(edition), *_sent_back(edition))]
    told = [one.markdown for one in conclusions(Case(Evidence(edition)), REPORT, SUMMARY)]
    return [*said, *told, *map(escape, _to_date(edition))][:MOST_SENTENCES]


def _behind(edition: Edition) -> Iterator[str]:
    rows = [row for row in rows_of(edition.facts("task_results")) if row["planned_measure_count"]]
    behind = [row for row in rows if row["completed_measure_count"] < row["planned_measure_count"]]
    if not behind:
        yield "Все показатели с планом на этот год выполнены."
    elif len(rows) > 1:
        worst = min(behind, key=_done_share)
        done = counted(worst["completed_measure_count"], "показатель")
        if sum(_done_share(row) == _done_share(worst) for row in rows) == 1:
            yield f"Меньше всего сделано по задаче {worst['task_code']}: {done} из {worst['planned_measure_count']}."


def _done_share(row: Row) -> float:
    return float(row["completed_measure_count"] / row["planned_measure_count"])


def _sent_back(edition: Edition) -> Iterator[str]:
    if not edition.is_over:
        yield f"Срок отчёта за {edition.calendar_year} год ещё не наступил: что за кем осталось, скажем после него."
        return
    rows = edition.facts("owed")
    for kind, words in (
        (SENT_BACK, "Управление вернуло подтверждения; исправить их должны:"),
        (CAME_LATE, "Форму сдали после срока:"),
        (NO_REPORT, "Сведений о своих показателях не дали:"),
    ):
        some = rows[rows["owed_kind"] == kind]
        who = list(dict.fromkeys(edition.name_of(one) for one in some["debtor"]))
        if who:
            yield f"{words} {_few(who)}."


def _few(names: Sequence[str]) -> str:
    """Some names; of many the first ones, and how many more there are."""
    more = len(names) - MOST_NAMED
    return listed(names) if more <= 0 else f"{', '.join(names[:MOST_NAMED])} и ещё {more}"


def _to_date(edition: Edition) -> Iterator[str]:
    """Measures that count over the years and are behind the plan from its first year on."""
    first = int(edition.plan["calendar_year"].min())
    rows = edition.execution[edition.execution["reading"] == "flow"]
    behind = rows[rows["status_flow"].isin([PARTLY, NOT_DONE])]
    if first < edition.calendar_year and len(behind):
        yield f"С {first} года сделано меньше плана по {_measures(behind['measure_label'].tolist())}."


def _of_the_plan(edition: Edition) -> Iterator[str]:
    targets, everything = edition.this_year["target_count"], len(edition.this_year)
    marks = not_stated(edition.this_year)["target_mark"]
    unread = int((marks == UNREAD_MARK).sum())
    counts = {
        "стоит ноль": int((targets == 0).fillna(False).sum()),
        "значение года не указано": len(marks) - unread,
        "значение года не прочитано": unread,
    }
    if parts := [f"у {count} {words}" for words, count in counts.items() if count]:
        yield f"Из {counted(everything, 'показатель', GENITIVE)} документа {listed(parts)}."
    biggest = edition.load[edition.load["planned_count"] == edition.load["planned_count"].max()]
    if len(biggest):
        names = listed([str(name) for name in biggest["executor_name"]])
        count = counted(int(biggest["planned_count"].iloc[0]), "показатель", PREPOSITIONAL)
        yield f"Чаще всего исполнителем {'назван' if len(biggest) == 1 else 'названы'} {names}: в {count}."


def decisions(edition: Edition) -> list[str]:
    """What has to be decided, a line each with whom it waits for."""
    return [*_waiting(edition), *_missed(edition), *_nobody(edition), *_open_totals(edition)]


def _waiting(edition: Edition) -> Iterator[str]:
    for row in _owed(edition, NOT_EXAMINED):
        measures, since = _measures(row["labels"]), short_date(row["since"])
        yield f"Рассмотреть подтверждения по {measures}, поданные с {since}. Ждут управления образования."


def _missed(edition: Edition) -> Iterator[str]:
    if edition.execution.empty or not edition.is_over:
        return
    rows = planned_in(edition.facts("plan_fact"), edition.calendar_year)
    labels = in_order_of_codes(rows.loc[rows["status"].isin([PARTLY, NOT_DONE]), "measure_label"])
    if labels:
        yield f"Решить, как наверстать невыполненное по {_measures(labels)}. Ждёт управления образования."


def _nobody(edition: Edition) -> Iterator[str]:
    for row in _owed(edition, NOBODY):
        measures = _measures(row["labels"], ("показатель", "показатели"))
        yield f"Назначить, кто отвечает за {measures}. Ждёт управления образования."


def _owed(edition: Edition, kind: str) -> list[Row]:
    """What is owed of a kind: the measures and the first day; nothing before the cutoff."""
    if edition.execution.empty or not edition.is_over:
        return []
    rows = edition.facts("owed")
    some = rows[rows["owed_kind"] == kind]
    labels = in_order_of_codes(some["measure_label"])
    return [{"labels": labels, "since": some["since_date"].min()}] if labels else []


def _open_totals(edition: Edition) -> Iterator[str]:
    labels = in_order_of_codes(edition.open["measure_label"])
    if labels:
        yield (
            f"Установить, как читать итог {_measures(labels, ('показателя', 'показателей'))}: складывать годы или "
            "считать уровнем года. Ждёт того, кто утвердил документ."
        )


def _measures(labels: Sequence[str], forms: tuple[str, str] = ("показателю", "показателям")) -> str:
    return f"{forms[len(labels) > 1]} {', '.join(labels)}"


def breaks(edition: Edition) -> list[str]:
    """Which procedures may not be compared with the year before, as points of a list."""
    told = conclusions(Case(Evidence(edition)), REPORT, TRANSITION)
    return ["\n".join(f"- {one.markdown}" for one in told if one.sentence.id == "разрыв")]
