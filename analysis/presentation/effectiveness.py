"""What the report says about the effectiveness of schools, and pictures of it that notebooks ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from analysis.contracts.report import Conclusions
from analysis.presentation.conclusions.listing import conclusions, repetition_note
from analysis.presentation.conclusions.sentence import (
    CONCLUSION,
    FACT,
    RESULTS,
    SCHOOL,
    SELECTION,
    TEACHERS,
    TRANSITION,
    Case,
    Evidence,
    Said,
    by_id,
    judged,
    ruled_rows,
)
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_pictures import (
    WITH_BREAKS,
    break_notes,
    dot_pictures,
    funnel_pictures,
    heat_picture,
    journal_picture,
    low_picture,
    slope_pictures,
)
from analysis.presentation.effectiveness_tables import (
    changes,
    city_words,
    deficits,
    levels,
    plain_indicators,
    reliability,
    selection_section,
    sittings,
    training,
)
from analysis.presentation.exhibits import Col, Condensed, Exhibit, Part, chapter, table, with_notes
from analysis.presentation.markdown import escape
from analysis.presentation.school_facts import larger_remain
from analysis.presentation.shares import VPR_NOTICE, threshold_note
from analysis.presentation.words import Row
from analysis.rules.documents import REPORT

# What the report says about the effectiveness of schools: results, context, staff, transition, selection, passport.

NO_INDICATORS = "Показателей эффективности нет: школьных сведений в проект не поступало."
HOW_TO_READ = (
    "Доля по небольшому классу неточна, поэтому рядом с ней стоит интервал. «Против города» — точный биномиальный "
    "предел: за 95 % и по случаю выходит одно сравнение из двадцати, за 99,8 % — одно из пятисот. Рейтинга школ здесь "
    "нет. «Факт» — что посчитано, «Вывод» — что из этого следует; гипотезы и решения записывают люди."
)
POOLED = (
    "«С учётом всех результатов» — доля, оценённая по всем результатам города вместе: чем меньше участников, тем "
    "больше она опирается на другие результаты школы и на город. На ней держатся вероятность порога и отбор. "
    "«Ожидалось» — чего ждали по прежним сопоставимым годам школы и по этому году в других школах: самые низкие "
    "результаты сами собой приближаются к городу, и простое изменение к прошлому году о поддержке не говорит."
)
PUBLIC_ONLY = (
    "В открытом отчёте показатель напечатан, только если напечатаны все числа, из которых он получен. "
    "Доли с учётом всех результатов и вероятности стоят в служебном: они оценены по всем школам, и по ним можно было "
    "бы вычислить скрытое. Строк, которые показать нельзя, в таблицах нет."
)
NO_CONCLUSIONS = "Выводов нет: чисел, на которых они стояли бы, недостаточно или они скрыты."
NO_CONTEXT = "Недостаточно данных: социальных паспортов за этот год нет, или их числа скрыты."
NOTHING_TO_SAY = dict.fromkeys((RESULTS, TEACHERS, TRANSITION), NO_CONCLUSIONS)
TRANSITION_TABLES = ("school_measures", "self_assessment", "contests")
Section = tuple[str, list[str], list[Exhibit]]


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about the indicators and the exhibits it shows; one sentence while there are none."""
    if edition.methods is None or edition.indicators.empty:
        return NO_INDICATORS, []
    parts: list[Part] = [(HOW_TO_READ, []), (POOLED if edition.internal else PUBLIC_ONLY, [])]
    evidence = Evidence(edition)
    told = conclusions(Case(evidence), REPORT)
    told += [one for login in evidence.supported for one in conclusions(Case(evidence, login), REPORT, SCHOOL)]
    for title, words, exhibits in _sections(edition, told):
        noted = [with_notes(one, notices(edition, one)) for one in exhibits]
        parts.append(("\n\n".join(filter(None, [title, *words])), noted))
    if basis := sentences_table(edition, told):
        parts.append(("## На чём стоят фразы {#sec-conclusions}", [basis]))
    return chapter(parts)


def notices(edition: Edition, exhibit: Exhibit) -> list[str]:
    """What must stand beside an exhibit: of the ВПР, of breaks, of thresholds whose origin is not confirmed."""
    data = exhibit.data
    passport = by_id(edition)
    ids = dict.fromkeys(data["indicator_id"]) if "indicator_id" in data else {}
    # Schools over all their results are shown beside the city, not beside a threshold.
    ids = {} if "above_city_probability" in data else ids
    notes = [threshold_note(passport[one]) for one in ids if one in passport and passport[one].threshold is not None]
    if exhibit.label.startswith(WITH_BREAKS) and "change_note" in data:
        notes += [f"{note[0].upper()}{note[1:]}." for note in break_notes(data)]
    notes += [note for note in [city_words(edition, exhibit)] if note]
    if exhibit.label == "tbl-selection":
        notes += [note for note in [repetition_note(edition, *dict.fromkeys(data["rule_id"]))] if note]
    if "procedure" in data and (data["procedure"] == "ВПР").any():
        notes.append(VPR_NOTICE)
    return list(dict.fromkeys(notes))


def _sections(edition: Edition, told: Sequence[Said]) -> Iterator[Section]:
    rows = edition.shown_indicators
    yield (
        "## Результаты {#sec-attainment}",
        [*larger_remain(edition), *said(told, RESULTS)],
        list(_results(edition, rows)),
    )
    context = _of_tables(edition, rows, ["context"])
    shown = [plain_indicators(edition, "context", f"Контекст школ, {edition.school_year} учебный год", context)]
    yield "## Контекст {#sec-context}", [] if len(context) else [NO_CONTEXT], shown if len(context) else []
    yield "## Кадры и обучение {#sec-staff-training}", said(told, TEACHERS), list(_staff(edition, rows))
    title = "## Переход поддерживаемых школ в эффективный режим {#sec-transition}"
    yield title, said(told, TRANSITION), list(_transition(edition, rows))
    words, exhibits = selection_section(edition)
    yield "## Отбор школ с низкими результатами {#sec-selection}", [*said(told, SELECTION), words], exhibits


def said(told: Sequence[Said], section: str) -> list[str]:
    """The sentences of a section: facts first, conclusions apart."""
    blocks = []
    for kind, title in ((FACT, "Факты"), (CONCLUSION, "Выводы")):
        lines = [
            f"- {escape(one.text)}" for one in told if (one.sentence.section, one.sentence.kind) == (section, kind)
        ]
        blocks += ["\n".join([f"### {title} {{.unnumbered}}", "", *lines])] if lines else []
    return blocks or [NOTHING_TO_SAY.get(section, "")]


def sentences_table(edition: Edition, told: Sequence[Said]) -> Exhibit | None:
    """Every sentence with the rows it rests on as data; printed is each kind of them once, with its condition."""
    if not told:
        return None
    rows = [_sentence_row(one) for one in told]
    alike = {one.sentence.id: [other for other in told if other.sentence is one.sentence] for one in told}
    printed = [{**_sentence_row(some[0]), **_counts(some)} for some in alike.values()]
    columns = [
        Col("sentence_id", width=20),
        Col("statement_kind", width=10),
        Col("condition", width=46),
        Col("said", "Сказано раз", 10, "c"),
        Col("rests_on", "Опирается на строк", 14, "c"),
    ]
    data = Condensed(pd.DataFrame(rows, dtype="str"), printed)
    stored = edition.rows_by_key
    behind = [[stored[key] for key in one.rests_on if key in stored] for one in told]
    exhibit = table(edition, "conclusions", "Фразы о показателях и их основания", Conclusions, data, columns)
    return replace(exhibit, behind=behind)


def _sentence_row(one: Said) -> dict[str, str]:
    return {
        "sentence_id": one.sentence.id,
        "statement_kind": one.sentence.kind,
        "sentence_text": one.text,
        "condition": one.sentence.condition,
        "rests_on": "; ".join(one.rests_on),
    }


def _counts(alike: Sequence[Said]) -> Row:
    """How often a sentence is said, and on how many rows: the words stand above, the rows in the data."""
    return {"said": str(len(alike)), "rests_on": str(len({key for one in alike for key in one.rests_on}))}


def _results(edition: Edition, rows: pd.DataFrame) -> Iterator[Exhibit]:
    """For each procedure and wave the share that is judged, the levels, the journal; then the funnels."""
    of_results = [one for one in by_id(edition).values() if one.table == "results"]
    for slug, title, group in sittings(rows):
        for indicator in judged(edition):
            yield from _some(reliability(edition, slug, title, group, indicator))
        rest = [one for one in of_results if one.threshold is None and not one.procedures]
        yield from _some(levels(edition, f"levels-{slug}", f"{title}: другие показатели", group, rest))
        journal = [one for one in of_results if one.procedures]
        caption = f"{title}: отметка против журнальной"
        yield from _some(levels(edition, f"journal-share-{slug}", caption, group, journal))
    yield from funnel_pictures(edition)


def _staff(edition: Edition, rows: pd.DataFrame) -> Iterator[Exhibit]:
    found = _of_tables(edition, rows, ["staff"])
    if len(found):
        yield plain_indicators(edition, "staffing", f"Кадры, {edition.school_year} учебный год", found)
    found = _of_tables(edition, rows, ["deficits"])
    indicator = by_id(edition).get("deficit_share")
    if len(found) and indicator is not None:
        yield deficits(edition, found, indicator)
    if edition.internal and len(edition.effectiveness("training_needs")):
        yield training(edition)


def _transition(edition: Edition, rows: pd.DataFrame) -> Iterator[Exhibit]:
    yield from slope_pictures(edition)
    schools = rows[rows["group_name"].isin(edition.supported)]
    found = ruled_rows(edition, schools)
    if len(found):
        caption = f"Результаты поддерживаемых школ: {edition.calendar_year} год против прежнего"
        yield changes(edition, "changes", caption, edition.in_order(found))
    found = _of_tables(edition, schools, TRANSITION_TABLES)
    if len(found):
        yield plain_indicators(edition, "transition", "Собственные меры, самооценка и конкурсы", found)


def _of_tables(edition: Edition, rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows of the indicators made from these tables, in the order of the passport."""
    wanted = [one.id for one in by_id(edition).values() if one.table in names]
    found = rows[rows["indicator_id"].isin(wanted)]
    return found.sort_values("indicator_id", key=lambda ids: ids.map(wanted.index), kind="stable")


def _some(exhibit: Exhibit | None) -> list[Exhibit]:
    return [] if exhibit is None else [exhibit]


# Pictures of what reports say in tables; they are asked for in notebooks.
#
# Dots with intervals and deficits; for the office alone low procedures with their intervals, marks and journal.

# What their names begin with.
NOTEBOOK_PICTURES = ("fig-dots", "fig-deficits", "fig-low", "fig-journal")


def notebook_pictures(edition: Edition) -> Iterator[Exhibit]:
    """All of them that the year has data for and the edition may show."""
    rules = edition.methods.rules if edition.methods and edition.internal else ()
    drawn = [*_all_dots(edition), heat_picture(edition), *(low_picture(edition, rule) for rule in rules)]
    drawn += [journal_picture(edition)] if edition.internal else []
    yield from (with_notes(one, notices(edition, one)) for one in drawn if one is not None)


def _all_dots(edition: Edition) -> Iterator[Exhibit]:
    for slug, title, group in sittings(edition.shown_indicators):
        for indicator in judged(edition):
            yield from dot_pictures(edition, slug, title, group, indicator)
