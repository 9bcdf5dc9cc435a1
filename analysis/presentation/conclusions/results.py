"""Sentences of the report about results: against the city, against the threshold, and what is not known."""

from collections.abc import Callable, Iterator

import pandas as pd

from analysis.contracts.effectiveness import LIKE_CITY
from analysis.presentation.conclusions.sentence import CONCLUSION, FACT, OFFICE, PUBLIC, RESULTS, Case, Sentence, Told
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_tables import by_id, lowered
from analysis.presentation.row_keys import gap_key, indicator_keys
from analysis.presentation.russian import counted, decimal
from analysis.presentation.school_facts import subject_words
from analysis.presentation.shares import SURE, SURELY, UNSURE, out_of, percent, probability, whole_percent, words_of
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import Indicator
from analysis.rules.written import bracketed, doubt

OUTER, INNER = "99,8 %", "95 %"
NUMBER, AROUND = "число школы", "вокруг города"
OF = {"сравнение": ("сравнения", "сравнений", "сравнений")}


def no_data(case: Case) -> Iterator[Told]:
    """Indicators for which nobody returned anything."""
    gaps, passport = case.edition.effectiveness("indicator_gaps"), by_id(case.edition)
    for reason, group in gaps[gaps["school_count"] == 0].groupby("reason", sort=False) if len(gaps) else ():
        rows = rows_of(group)
        names = "; ".join(f"«{passport[row['indicator_id']].name}»" for row in rows)
        why = str(reason).removeprefix("недостаточно данных: ").removeprefix("нет данных: ")
        yield Told(f"Недостаточно данных: {why} — {names}.", [gap_key(row) for row in rows])


def outside_city(case: Case) -> Iterator[Told]:
    """Schools beyond the 99.8 % limit around the city."""
    for name, title, indicator, rows in comparisons_with_city(case.edition):
        outside = [row for row in rows if OUTER in str(row["against_city"])]
        if outside:
            cases = "; ".join(_against(row) for row in outside)
            head = f"{name}, {title}: {lowered(indicator.name)} отличается от города сильнее, чем объясняет случай"
            yield Told(f"{head}: {cases}.", indicator_keys(outside))


def worth_a_look(case: Case) -> Iterator[Told]:
    """Schools between the limits, beside how many chance alone would give.

    Only for the office: what the public sees are the greater numbers, and of these chance gives more.
    """
    for name, title, indicator, rows in comparisons_with_city(case.edition):
        outside = [row for row in rows if str(row["against_city"]).endswith(f" {INNER}")]
        if outside:
            cases = "; ".join(_against(row) for row in outside)
            expected = decimal(round(len(rows) * (1 - SURE), 1), 1)
            yield Told(
                f"{name}, {title}: {lowered(indicator.name)} за пределом 95 % вокруг города: {cases}. Это повод "
                f"посмотреть, не вывод: из {counted(len(rows), 'сравнение', OF)} за этот предел и по одному случаю "
                f"выходит в среднем {expected}.",
                indicator_keys(outside),
            )


def like_city(case: Case) -> Iterator[Told]:
    """Schools inside the limits."""
    for name, title, indicator, rows in comparisons_with_city(case.edition):
        inside = [row for row in rows if row["against_city"] == LIKE_CITY]
        if inside:
            yield Told(
                f"{name}, {title}: {lowered(indicator.name)} — различие с городом неотличимо от случайного "
                f"в {len(inside)} из {counted(len(rows), 'сравнение', OF)}.",
                indicator_keys(inside),
            )


def over_threshold(case: Case) -> Iterator[Told]:
    """Shares that are surely not below the threshold."""
    for name, title, indicator, rows in comparisons_with_city(case.edition):
        over = [row for row in rows if _is_enough(case.edition, row) and _chance(row) >= SURE]
        if over:
            cases = _cases(over, lambda row: f"вероятность {probability(_chance(row))}")
            text = f"истинная доля {SURELY} не ниже порога {_threshold(indicator)}"
            yield Told(f"{name}, {title}: {text}: {cases}.", indicator_keys(over))


def threshold_open(case: Case) -> Iterator[Told]:
    """Shares that reach the threshold though the true share may well be below it."""
    for name, title, indicator, rows in comparisons_with_city(case.edition):
        at = [row for row in _reaching(rows, indicator) if _is_enough(case.edition, row)]
        at = [row for row in at if UNSURE < _chance(row) < SURE]
        if at:
            cases = _cases(at, lambda row: f"вероятность {probability(_chance(row))}")
            text = f"доля достигла порога {_threshold(indicator)}, но не ниже ли его истинная доля, сказать нельзя"
            yield Told(f"{name}, {title}: {text}: {cases}.", indicator_keys(at))


def too_few(case: Case) -> Iterator[Told]:
    """Shares over so few participants that nothing follows from their reaching the threshold."""
    for name, title, indicator, rows in comparisons_with_city(case.edition):
        few = [row for row in _reaching(rows, indicator) if not _is_enough(case.edition, row)]
        if few:
            cases = _cases(few, lambda row: whole_percent(row["value"]))
            text = f"{name}, {title}: недостаточно данных о пороге, мало участников: {cases}."
            yield Told(text, indicator_keys(few))


def comparisons_with_city(edition: Edition) -> Iterator[tuple[str, str, Indicator, list[Row]]]:
    """School, procedure and wave, indicator with a threshold, and its rows that can be compared with the city."""
    rows, passport = edition.shown_indicators, by_id(edition)
    judged = [one.id for one in passport.values() if one.threshold is not None and one.table == "results"]
    rows = rows[rows["indicator_id"].isin(judged) & rows["group_name"].isin(edition.supported)]
    rows = rows[rows["against_city"].notna()]
    for (name, procedure, wave, indicator), group in rows.groupby(
        ["group_name", "procedure", "wave", "indicator_id"], sort=False
    ):
        yield str(name), f"{procedure} ({wave})", passport[str(indicator)], rows_of(group)


def _is_enough(edition: Edition, row: Row) -> bool:
    """Whether the participants are not fewer than the passport calls few."""
    return edition.methods is not None and bool(row["denominator"] >= edition.methods.passport.method.small_base)


def _reaching(rows: list[Row], indicator: Indicator) -> list[Row]:
    return [row for row in rows if indicator.threshold is not None and row["value"] >= indicator.threshold]


def _cases(rows: list[Row], more: Callable[[Row], str]) -> str:
    return "; ".join(f"{subject_words(row)} — {out_of(row)}, {more(row)}" for row in rows)


def _chance(row: Row) -> float:
    return float("nan") if pd.isna(row["threshold_probability"]) else float(row["threshold_probability"])


def _threshold(indicator: Indicator) -> str:
    return f"{percent(indicator.threshold, 0)}{bracketed(doubt(indicator.default, indicator.threshold_confirmed))}"


def _against(row: Row) -> str:
    """«Математика, 7 класс — 6 из 20, 30 % против 11 %, выше предела 95 %»."""
    own, city = whole_percent(row["value"]), whole_percent(row["city_value"])
    return f"{subject_words(row)} — {out_of(row)}, {own} против {city}, {row['against_city']}"


SENTENCES = tuple(
    Sentence(name, kind, condition, tell, audience=audience, section=RESULTS)
    for name, kind, audience, tell, condition in (
        ("нет-данных", FACT, PUBLIC, no_data, "сведений для показателя за год не вернул никто"),
        ("вне-предела", CONCLUSION, PUBLIC, outside_city, f"{NUMBER} за точным биномиальным пределом 99,8 % {AROUND}"),
        ("присмотреться", CONCLUSION, OFFICE, worth_a_look, f"{NUMBER} между пределами 95 % и 99,8 % {AROUND}"),
        ("как-в-городе", CONCLUSION, PUBLIC, like_city, f"{NUMBER} внутри предела 95 % {AROUND}"),
        (
            "выше-порога", CONCLUSION, OFFICE, over_threshold,
            f"вероятность, что истинная доля не ниже порога, не меньше {words_of(SURE)}",
        ),
        (
            "порог-под-вопросом", CONCLUSION, OFFICE, threshold_open,
            f"доля не ниже порога, вероятность для истинной доли больше {words_of(UNSURE)} и меньше {words_of(SURE)}",
        ),
        (
            "мало-участников", CONCLUSION, PUBLIC, too_few,
            "доля не ниже порога при числе участников меньше предела «мало участников» в паспорте",
        ),
    )
)  # fmt: skip
