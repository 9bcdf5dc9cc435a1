"""Sentences about the indicators: each with its condition and the rows it rests on, printed only where these carry it.

«Факт» repeats what was counted, «Вывод» says what follows from it; what cannot be told from chance is said to be so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.indicator_passport import Indicator
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_pictures import ruled_rows
from analysis.presentation.effectiveness_tables import better, by_id, lowered
from analysis.presentation.indicator_words import out_of, percent, probability, row_key, value_words
from analysis.presentation.russian import counted, decimal, listed
from analysis.presentation.school_tables import subject_words
from analysis.presentation.words import Row, rows_of

FACT, CONCLUSION = "Факт", "Вывод"
SURE, CHANCE_BELOW = 0.95, 0.05
OUTER, INNER, ABOVE = "99,8 %", "95 %", "выше"
RESULTS, STAFF, TRANSITION, SELECTION = "results", "staff", "transition", "selection"
Told = Iterator[tuple[str, list[str]]]


@dataclass(frozen=True)
class Sentence:
    """One entry of the list.

    Attributes:
        id: Name, for explain and for tests.
        section: Where it stands.
        kind: Факт or Вывод.
        condition: When it is printed, in words.
        tell: Text and rows of each time it is printed; nothing where the condition does not hold.
    """

    id: str
    section: str
    kind: str
    condition: str
    tell: Callable[[Edition], Told]


@dataclass(frozen=True)
class Said:
    """A sentence as it is printed."""

    sentence: Sentence
    text: str
    rests_on: tuple[str, ...]


def conclusions(edition: Edition) -> list[Said]:
    """What the evidence of the edition carries, in the order of the list."""
    return [Said(one, text, tuple(rows)) for one in SENTENCES for text, rows in one.tell(edition)]


def outside_city(edition: Edition) -> Told:
    """Schools beyond the 99.8 % limit around the city."""
    for name, title, indicator, rows in _by_school(edition):
        outside = [row for row in rows if OUTER in str(row["against_city"])]
        if outside:
            cases = "; ".join(_against(row) for row in outside)
            yield (
                f"{name}, {title}: {lowered(indicator.name)} отличается от города сильнее, чем объясняет случай: "
                f"{cases}.",
                _keys(outside),
            )


def worth_a_look(edition: Edition) -> Told:
    """Schools between the limits, beside how many chance alone would give.

    Only for the office: what the public sees are the greater numbers, and of these chance gives more.
    """
    for name, title, indicator, rows in _by_school(edition) if edition.internal else ():
        outside = [row for row in rows if str(row["against_city"]).endswith(f" {INNER}")]
        if outside:
            cases = "; ".join(_against(row) for row in outside)
            expected = decimal(round(len(rows) * (1 - SURE), 1), 1)
            yield (
                (
                    f"{name}, {title}: {lowered(indicator.name)} за пределом 95 % вокруг города: {cases}. "
                    f"Это повод посмотреть, "
                    f"не вывод: из {counted(len(rows), 'сравнение', OF)} за этот предел и по одному случаю выходит "
                    f"в среднем {expected}."
                ),
                _keys(outside),
            )


def like_city(edition: Edition) -> Told:
    """Schools inside the limits."""
    for name, title, indicator, rows in _by_school(edition):
        inside = [row for row in rows if row["against_city"] == "как в городе"]
        if inside:
            yield (
                (
                    f"{name}, {title}: {lowered(indicator.name)} — различие с городом неотличимо от случайного "
                    f"в {len(inside)} из {counted(len(rows), 'сравнение', OF)}."
                ),
                _keys(inside),
            )


def over_threshold(edition: Edition) -> Told:
    """Shares that are surely not below the threshold."""
    for name, title, indicator, rows in _by_school(edition):
        over = [row for row in rows if _is_enough(edition, row) and _chance(row) >= SURE]
        if over:
            cases = _cases(over, lambda row: f"вероятность {probability(_chance(row))}")
            yield f"{name}, {title}: истинная доля не ниже порога {_threshold(indicator)}: {cases}.", _keys(over)


def threshold_open(edition: Edition) -> Told:
    """Shares that reach the threshold though the true share may well be below it."""
    for name, title, indicator, rows in _by_school(edition):
        at = [row for row in _reaching(rows, indicator) if _is_enough(edition, row)]
        at = [row for row in at if CHANCE_BELOW <= _chance(row) < SURE]
        if at:
            cases = _cases(at, lambda row: f"вероятность {probability(_chance(row))}")
            text = f"доля достигла порога {_threshold(indicator)}, но не ниже ли его истинная доля, сказать нельзя"
            yield f"{name}, {title}: {text}: {cases}.", _keys(at)


def too_few(edition: Edition) -> Told:
    """Shares over so few participants that nothing follows from their reaching the threshold."""
    for name, title, indicator, rows in _by_school(edition):
        few = [row for row in _reaching(rows, indicator) if not _is_enough(edition, row)]
        if few:
            cases = _cases(few, lambda row: percent(row["value"]))
            yield f"{name}, {title}: недостаточно данных о пороге, мало участников: {cases}.", _keys(few)


def no_data(edition: Edition) -> Told:
    """Indicators for which nobody returned anything."""
    gaps, passport = edition.effectiveness("indicator_gaps"), by_id(edition)
    for reason, rows in gaps[gaps["school_count"] == 0].groupby("reason", sort=False) if len(gaps) else ():
        names = "; ".join(f"«{passport[one].name}»" for one in rows["indicator_id"])
        yield (
            f"Недостаточно данных: {_reason(str(reason))} — {names}.",
            [f"{one} | {edition.calendar_year}" for one in rows["indicator_id"]],
        )


def vacancies(edition: Edition) -> Told:
    """How many posts are vacant."""
    rows = edition.shown_indicators
    for row in _of_schools(edition, rows[rows["indicator_id"] == "vacancy_share"]):
        city: str = f", в городе {percent(row['city_value'])}" if pd.notna(row["city_value"]) else ""
        yield f"{row['group_name']}: вакантно {out_of(row)} ставок ({percent(row['value'])}{city}).", _keys([row])


def most_needed(edition: Edition) -> Told:
    """Topics that are surely among the first three; only for the office."""
    rows = rows_of(edition.effectiveness("training_needs")) if edition.internal else []
    sure = [row for row in rows if pd.notna(row["top_probability"]) and row["top_probability"] >= SURE]
    if sure:
        names = listed([f"«{row['competence']}»" for row in sure])
        yield (
            f"Среди трёх самых нужных тем обучения с вероятностью не меньше 95 %: {names}.",
            [f"training_needs | {row['competence']} | {row['calendar_year']}" for row in sure],
        )


def order_of_topics(edition: Edition) -> Told:
    """Topics whose order cannot be told."""
    rows = rows_of(edition.effectiveness("training_needs")) if edition.internal else []
    known = [row for row in rows if pd.notna(row["rank_low"])]
    pairs = [(one, two) for one, two in zip(known, known[1:], strict=False) if two["rank_low"] <= one["rank_high"]]
    for one, two in pairs:
        yield (
            (
                f"Какая из тем нужнее, «{one['competence']}» или «{two['competence']}», неотличимо от случайного: "
                f"их места "
                f"{one['rank_low']}–{one['rank_high']} и {two['rank_low']}–{two['rank_high']}."
            ),
            [f"training_needs | {row['competence']} | {row['calendar_year']}" for row in (one, two)],
        )


def own_measures(edition: Edition) -> Told:
    """How much of its own roadmap a school carried out."""
    rows = edition.shown_indicators
    for row in _of_schools(edition, rows[rows["indicator_id"] == "own_measures_done_share"]):
        bound = "; это нижняя граница: о части мер сведений нет" if "нижняя граница" in row["flags"] else ""
        yield f"{row['group_name']}: собственных мер выполнено {out_of(row)}{bound}.", _keys([row])


def changed(edition: Edition) -> Told:
    """Changes that are surely real."""
    for name, rows in _changes(edition):
        for word, sure in (("улучшение", _improved), ("ухудшение", _worsened)):
            real = [(row, one) for row, one in rows if sure(better(row, one))]
            if real:
                cases = "; ".join(_changed(row, one) for row, one in real)
                yield (
                    f"{name}: {word}, которое случаем не объяснить (вероятность больше 97,5 %): {cases}.",
                    _keys([row for row, _ in real]),
                )


def unchanged(edition: Edition) -> Told:
    """Changes that cannot be told from chance."""
    for name, rows in _changes(edition):
        open_ones = [row for row, one in rows if not _improved(better(row, one)) and not _worsened(better(row, one))]
        if open_ones:
            yield (
                (
                    f"{name}: изменение к прежнему году — различие неотличимо от случайного в {len(open_ones)} из "
                    f"{counted(len(rows), 'сравнение', OF)}."
                ),
                _keys(open_ones),
            )


def breaks(edition: Edition) -> Told:
    """Years that may not be compared."""
    rows = ruled_rows(edition, edition.indicators)
    rows = rows[
        (rows["calendar_year"] == edition.calendar_year) & rows["group_name"].isin([*edition.supported, "Город"])
    ]
    broken = rows[rows["change_note"].astype("str").str.startswith("разрыв")]
    for (procedure, note), group in broken.groupby(["procedure", "change_note"], sort=True):
        reason = str(note).removeprefix("разрыв сопоставимости: ")
        yield f"{procedure}: с прежним годом не сравнить, сопоставимость прервана ({reason}).", _keys(rows_of(group))


def who_is_listed(edition: Edition) -> Told:
    """Whom each rule lists; only for the office."""
    for rule_name, rule_id, rows in _selected(edition):
        some = [row for row in rows if row["listed"] == "в списке"]
        names = listed([edition.school_names[row["school_login"]] for row in some])
        said = f"{counted(len(some), 'школа')}: {names}" if some else "ни одной школы"
        yield f"{rule_name} (не подтверждено): в списке {said}.", [_selection_key(rule_id, row) for row in some]


def undecided(edition: Edition) -> Told:
    """For whom missing data decide."""
    for rule_name, rule_id, rows in _selected(edition):
        some = [row for row in rows if row["listed"] == "нельзя сказать"]
        if some:
            cases = "; ".join(f"{edition.school_names[row['school_login']]} — {row['reason']}" for row in some)
            yield (
                f"{rule_name}: недостаточно данных, попадает ли школа в список: {cases}.",
                [_selection_key(rule_id, row) for row in some],
            )


def other_thresholds(edition: Edition) -> Told:
    """Whom another threshold would change."""
    rows = edition.effectiveness("selection_thresholds") if edition.internal else pd.DataFrame()
    rules: dict[Any, str] = {} if edition.methods is None else {rule.id: rule.name for rule in edition.methods.rules}
    for rule_id, group in rows.astype({"rule_id": "str"}).groupby("rule_id", sort=False) if len(rows) else ():
        changed_by = [row for row in rows_of(group) if row["entering_schools"] or row["leaving_schools"]]
        if changed_by:
            cases = "; ".join(_threshold_case(edition, row) for row in changed_by)
            yield (
                f"«{rules[rule_id]}»: список зависит от порога: {cases}.",
                [
                    f"selection_thresholds | {rule_id} | {row['threshold']} | {row['calendar_year']}"
                    for row in changed_by
                ],
            )


def leaving(edition: Edition) -> Told:
    """Who leaves the list, and whether chance would do as much."""
    for rule_name, rule_id, rows in _selected(edition):
        for row in rows:
            if row["leaving"] == "выходит":
                chance = f", вероятность такого без изменений {probability(row['unchanged_probability'])}"
                known: str = chance if pd.notna(row["unchanged_probability"]) else ""
                yield (
                    (
                        f"{rule_name}: {edition.school_names[row['school_login']]} выходит из списка; "
                        f"{row['leaving_note']}{known}."
                    ),
                    [_selection_key(rule_id, row)],
                )


OF = {"сравнение": ("сравнения", "сравнений", "сравнений")}
SENTENCES = (
    Sentence("нет-данных", RESULTS, FACT, "сведений для показателя за год не вернул никто", no_data),
    Sentence(
        "вне-предела",
        RESULTS,
        CONCLUSION,
        "число школы за точным биномиальным пределом 99,8 % вокруг города",
        outside_city,
    ),
    Sentence(
        "присмотреться", RESULTS, CONCLUSION, "число школы между пределами 95 % и 99,8 % вокруг города", worth_a_look
    ),
    Sentence("как-в-городе", RESULTS, CONCLUSION, "число школы внутри предела 95 % вокруг города", like_city),
    Sentence(
        "выше-порога",
        RESULTS,
        CONCLUSION,
        "вероятность, что истинная доля не ниже порога, не меньше 95 %",
        over_threshold,
    ),
    Sentence(
        "порог-под-вопросом",
        RESULTS,
        CONCLUSION,
        "доля не ниже порога, вероятность для истинной доли от 5 до 95 %",
        threshold_open,
    ),
    Sentence(
        "мало-участников",
        RESULTS,
        CONCLUSION,
        "доля не ниже порога при числе участников меньше предела «мало участников» в паспорте",
        too_few,
    ),
    Sentence("вакансии", STAFF, FACT, "школа назвала ставки и вакансии", vacancies),
    Sentence(
        "нужнее-всего", STAFF, CONCLUSION, "вероятность быть среди трёх самых нужных тем не меньше 95 %", most_needed
    ),
    Sentence("порядок-тем", STAFF, CONCLUSION, "места соседних тем перекрываются", order_of_topics),
    Sentence("свои-меры", TRANSITION, FACT, "у школы есть собственные меры с планом больше нуля", own_measures),
    Sentence("разрыв", TRANSITION, FACT, "слово сопоставимости в календаре процедур сменилось", breaks),
    Sentence("изменилось", TRANSITION, CONCLUSION, "вероятность изменения в одну сторону не меньше 97,5 %", changed),
    Sentence(
        "не-изменилось", TRANSITION, CONCLUSION, "вероятность изменения в каждую сторону меньше 97,5 %", unchanged
    ),
    Sentence("список", SELECTION, FACT, "правило применено к результатам года", who_is_listed),
    Sentence("ответ-не-ясен", SELECTION, CONCLUSION, "недостающие результаты могут изменить ответ правила", undecided),
    Sentence("другой-порог", SELECTION, CONCLUSION, "при другом пороге список другой", other_thresholds),
    Sentence("выход", SELECTION, CONCLUSION, "школа была в списке и по правилу выходит", leaving),
)


def _by_school(edition: Edition) -> Iterator[tuple[str, str, Indicator, list[Row]]]:
    """School, procedure and wave, indicator with a threshold, and its rows that can be compared with the city."""
    rows, passport = edition.shown_indicators, by_id(edition)
    judged = [one.id for one in passport.values() if one.threshold is not None and one.table == "results"]
    rows = rows[rows["indicator_id"].isin(judged) & rows["group_name"].isin(edition.supported)]
    rows = rows[rows["against_city"].notna()]
    for (name, procedure, wave, indicator), group in rows.groupby(
        ["group_name", "procedure", "wave", "indicator_id"], sort=False
    ):
        yield str(name), f"{procedure} ({wave})", passport[str(indicator)], rows_of(group)


def _changes(edition: Edition) -> Iterator[tuple[str, list[tuple[Row, Indicator]]]]:
    """Each supported school with its changes of which one way is better."""
    rows, passport = edition.shown_indicators, by_id(edition)
    rows = ruled_rows(edition, rows)
    rows = rows[rows["growth_probability"].notna() & rows["group_name"].isin(edition.supported)]
    for name, group in rows.groupby("group_name", sort=False):
        yield str(name), [(row, passport[row["indicator_id"]]) for row in rows_of(group)]


def _selected(edition: Edition) -> Iterator[tuple[str, str, list[Row]]]:
    rows = edition.effectiveness("selection") if edition.internal else pd.DataFrame()
    rules = () if edition.methods is None or rows.empty else edition.methods.rules
    for rule in rules:
        yield f"«{rule.name}»", rule.id, rows_of(rows[rows["rule_id"] == rule.id])


def _of_schools(edition: Edition, rows: pd.DataFrame) -> list[Row]:
    return rows_of(rows[rows["group_name"].isin(edition.supported)])


def _is_enough(edition: Edition, row: Row) -> bool:
    """Whether the participants are not fewer than the passport calls few."""
    return edition.methods is not None and bool(row["denominator"] >= edition.methods.passport.method.small_base)


def _reaching(rows: list[Row], indicator: Indicator) -> list[Row]:
    return [row for row in rows if indicator.threshold is not None and row["value"] >= indicator.threshold]


def _cases(rows: list[Row], more: Callable[[Row], str]) -> str:
    return "; ".join(f"{subject_words(row)} — {out_of(row)}, {more(row)}" for row in rows)


def _improved(chance: float | None) -> bool:
    return chance is not None and chance >= (1 + SURE) / 2


def _worsened(chance: float | None) -> bool:
    return chance is not None and chance <= (1 - SURE) / 2


def _chance(row: Row) -> float:
    return float("nan") if pd.isna(row["threshold_probability"]) else float(row["threshold_probability"])


def _threshold(indicator: Indicator) -> str:
    confirmed = "" if indicator.threshold_confirmed else " (не подтверждено)"
    return f"{percent(indicator.threshold, 0)}{confirmed}"


def _against(row: Row) -> str:
    """«Математика, 7 класс — 6 из 20, 30,0 % против 11,4 %, выше предела 95 %»."""
    return (
        f"{subject_words(row)} — {out_of(row)}, {percent(row['value'])} против {percent(row['city_value'])}, "
        f"{row['against_city']}"
    )


def _changed(row: Row, indicator: Indicator) -> str:
    then = value_words({**row, "value": row["value"] - row["change"]}, indicator)
    return f"{row['procedure']}, {subject_words(row)}: {then} → {value_words(row, indicator)}"


def _threshold_case(edition: Edition, row: Row) -> str:
    moves = [
        f"{word}: {', '.join(edition.school_names[login] for login in row[column].split(', '))}"
        for word, column in (("вошли бы", "entering_schools"), ("выпали бы", "leaving_schools"))
        if row[column]
    ]
    return f"при {percent(row['threshold'], 0)} {', '.join(moves)}"


def _reason(reason: str) -> str:
    return reason.removeprefix("недостаточно данных: ").removeprefix("нет данных: ")


def _selection_key(rule_id: str, row: Row) -> str:
    return f"selection | {rule_id} | {row['school_login']} | {row['calendar_year']}"


def _keys(rows: list[Row]) -> list[str]:
    return [row_key(row) for row in rows]
