"""Sentences of the report about results, teachers, support, and the way of the supported schools."""

from collections.abc import Callable, Iterator

import pandas as pd

from analysis.contracts.effectiveness import BREAK, LIKE_CITY
from analysis.presentation.conclusions.sentence import (
    CONCLUSION,
    FACT,
    OFFICE,
    PUBLIC,
    RESULTS,
    SUMMARY,
    TEACHERS,
    TRANSITION,
    Case,
    Sentence,
    Told,
    by_id,
    effect_rows,
    judged,
    ruled_rows,
)
from analysis.presentation.edition import Edition, effect_key, gap_key, indicator_keys, training_key
from analysis.presentation.shares import (
    NO_DATA,
    NONE_NOTICED,
    NOTED,
    SURE,
    SURELY,
    UNSURE,
    noticeable_words,
    out_of,
    percent,
    probability,
    span_words,
    whole_percent,
    words_of,
)
from analysis.presentation.words import (
    NO_BREAK_SPACE,
    Row,
    counted,
    decimal,
    form,
    listed,
    lowered,
    rows_of,
    subject_words,
)
from analysis.rules.documents import IN_COURSES, IN_SCHOOL_NOTE, REPORT
from analysis.rules.methods import Indicator
from analysis.rules.written import bracketed, doubt

# Sentences of the report about results: against the city, against the threshold, and what is not known.

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
    for what, indicator, rows in comparisons_with_city(case.edition):
        outside = [row for row in rows if OUTER in str(row["against_city"])]
        if outside:
            cases = "; ".join(_against(row) for row in outside)
            head = f"{what}: {lowered(indicator.name)} отличается от города сильнее, чем объясняет случай"
            yield Told(f"{head}: {cases}.", indicator_keys(outside))


def worth_a_look(case: Case) -> Iterator[Told]:
    """Schools between the limits, beside how many chance alone would give.

    Only for the office: what the public sees are the greater numbers, and of these chance gives more.
    """
    for what, indicator, rows in comparisons_with_city(case.edition):
        outside = [row for row in rows if str(row["against_city"]).endswith(f" {INNER}")]
        if outside:
            cases = "; ".join(_against(row) for row in outside)
            expected = decimal(round(len(rows) * (1 - SURE), 1), 1)
            yield Told(
                f"{what}: {lowered(indicator.name)} за пределом 95 % вокруг города: {cases}. Это повод "
                f"посмотреть, не вывод: из {counted(len(rows), 'сравнение', OF)} за этот предел и по одному случаю "
                f"выходит в среднем {expected}.",
                indicator_keys(outside),
            )


def like_city(case: Case) -> Iterator[Told]:
    """Schools inside the limits."""
    for what, indicator, rows in comparisons_with_city(case.edition):
        inside = [row for row in rows if row["against_city"] == LIKE_CITY]
        if inside:
            yield Told(
                f"{what}: {lowered(indicator.name)} — различие с городом неотличимо от случайного "
                f"в {len(inside)} из {counted(len(rows), 'сравнение', OF)}.",
                indicator_keys(inside),
            )


def over_threshold(case: Case) -> Iterator[Told]:
    """Shares that are surely not below the threshold."""
    for what, indicator, rows in comparisons_with_city(case.edition):
        over = [row for row in rows if _is_enough(case.edition, row) and _chance(row) >= SURE]
        if over:
            cases = _cases(over, lambda row: f"вероятность {probability(_chance(row))}")
            text = f"истинная доля {SURELY} не ниже порога {_threshold(indicator)}"
            yield Told(f"{what}: {text}: {cases}.", indicator_keys(over))


def threshold_open(case: Case) -> Iterator[Told]:
    """Shares that reach the threshold though the true share may well be below it."""
    for what, indicator, rows in comparisons_with_city(case.edition):
        at = [row for row in _reaching(rows, indicator) if _is_enough(case.edition, row)]
        at = [row for row in at if UNSURE < _chance(row) < SURE]
        if at:
            cases = _cases(at, lambda row: f"вероятность {probability(_chance(row))}")
            text = f"доля достигла порога {_threshold(indicator)}, но не ниже ли его истинная доля, сказать нельзя"
            yield Told(f"{what}: {text}: {cases}.", indicator_keys(at))


def too_few(case: Case) -> Iterator[Told]:
    """Shares over so few participants that nothing follows from their reaching the threshold."""
    for what, indicator, rows in comparisons_with_city(case.edition):
        few = [row for row in _reaching(rows, indicator) if not _is_enough(case.edition, row)]
        if few:
            cases = _cases(few, lambda row: whole_percent(row["value"]))
            text = f"{what}: недостаточно данных о пороге, мало участников: {cases}."
            yield Told(text, indicator_keys(few))


def comparisons_with_city(edition: Edition) -> Iterator[tuple[str, Indicator, list[Row]]]:
    """School with procedure and wave, indicator with a threshold, and its rows that can be compared with the city."""
    rows, passport = edition.shown_indicators, by_id(edition)
    ids = [one.id for one in judged(edition)]
    rows = rows[rows["indicator_id"].isin(ids) & rows["group_name"].isin(edition.supported)]
    rows = rows[rows["against_city"].notna()]
    for (name, procedure, wave, indicator), group in rows.groupby(
        ["group_name", "procedure", "wave", "indicator_id"], sort=False
    ):
        yield f"{name}, {procedure} ({wave})", passport[str(indicator)], rows_of(group)


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


RESULT_SENTENCES = tuple(
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


# Sentences about posts, teachers and the topics of training.

MOST_NEEDED = 3


def vacancies(case: Case) -> Iterator[Told]:
    """How many posts are vacant."""
    for row in case.evidence.shown_of_schools("vacancy_share"):
        city: str = f", в городе {whole_percent(row['city_value'])}" if pd.notna(row["city_value"]) else ""
        text = f"{row['group_name']}: вакантно {out_of(row)} ставок ({whole_percent(row['value'])}{city})."
        yield Told(text, indicator_keys([row]))


def most_needed(case: Case) -> Iterator[Told]:
    """Topics that are nearly surely among the first three of more."""
    known = _ranked(case)
    sure = [row for row in known if row["top_probability"] >= SURE]
    if sure and len(known) > MOST_NEEDED:
        names = listed([f"«{row['competence']}»" for row in sure])
        text = f"Среди трёх самых нужных тем обучения {SURELY}: {names}."
        yield Told(text, [training_key(row) for row in sure])


def order_of_topics(case: Case) -> Iterator[Told]:
    """Topics whose order cannot be told."""
    known = [row for row in rows_of(case.evidence.rows("training_needs")) if pd.notna(row["rank_low"])]
    pairs = [(one, two) for one, two in zip(known, known[1:], strict=False) if two["rank_low"] <= one["rank_high"]]
    for one, two in pairs:
        yield Told(
            f"Какая из тем нужнее, «{one['competence']}» или «{two['competence']}», сказать нельзя: "
            f"их места {one['rank_low']}–{one['rank_high']} и {two['rank_low']}–{two['rank_high']}.",
            [training_key(row) for row in (one, two)],
        )


def all_needed(case: Case) -> Iterator[Told]:
    """There are no more topics than places."""
    known = _ranked(case)
    if 0 < len(known) <= MOST_NEEDED:
        text = f"Тем не больше трёх ({len(known)}): все они нужны, порядок между ними показан в таблице."
        yield Told(text, [training_key(row) for row in known], table="tbl-training")


def undecided_topics(case: Case) -> Iterator[Told]:
    """Topics of which it cannot be told whether they are among the first three."""
    known = _ranked(case)
    open_ones = [row for row in known if UNSURE < row["top_probability"] < SURE]
    if open_ones and len(known) > MOST_NEEDED:
        topic = form(len(open_ones), ("теме", "темах", "темах"))
        goes = form(len(open_ones), ("входит ли она", "входят ли они", "входят ли они"))
        names = ", ".join(f"«{row['competence']}»" for row in open_ones)
        text = f"О {len(open_ones)}{NO_BREAK_SPACE}{topic} сказать, {goes} в первые три, нельзя: {names}."
        yield Told(text, [training_key(row) for row in open_ones])


def _ranked(case: Case) -> list[Row]:
    rows = rows_of(case.evidence.rows("training_needs"))
    return [row for row in rows if not pd.isna(row["top_probability"])]


TOP = "вероятность быть среди трёх самых нужных"
BETWEEN = f"больше {words_of(UNSURE)} и меньше {words_of(SURE)}"
TEACHER_SENTENCES = (
    Sentence("вакансии", FACT, "школа назвала ставки и вакансии", vacancies, section=TEACHERS),
    *(
        Sentence(name, CONCLUSION, condition, tell, places, OFFICE, TEACHERS)
        for name, tell, places, condition in (
            ("темы-все-нужны", all_needed, (REPORT, IN_COURSES), "тем не больше трёх"),
            ("нужнее-всего", most_needed, (REPORT, IN_COURSES), f"тем больше трёх; {TOP} не меньше {words_of(SURE)}"),
            ("порядок-тем", order_of_topics, (REPORT,), "места соседних тем перекрываются"),
            ("темы-не-ясны", undecided_topics, (IN_COURSES,), f"тем больше трёх; {TOP} {BETWEEN}"),
        )
    ),
)


# The sentence on support: what came against what earlier years foresaw. Nothing else says whether support helped.

# How often as much comes by itself: what is said is the tail of a prediction, and the sentence says so.
BY_ITSELF = {NOTED: "у одной из пяти школ", SURE: "у одной из двадцати школ"}


def support(case: Case) -> Iterator[Told]:
    """Of each supported school, or of the one that a document is about, whether its results are as foreseen."""
    for indicator, row in effects_of(case):
        about = "" if case.school else f"{case.evidence.name(row['school_login'])}, "
        name = lowered(indicator.name) if about else indicator.name
        supported = row["school_login"] in case.evidence.supported
        more = _noticeable(row) if case.school and pd.notna(row["comparable_count"]) else ""
        yield Told(f"{about}{name}: {_said(row, supported=supported)}.{more}", [effect_key(row)])


def _said(row: Row, *, supported: bool) -> str:
    if pd.isna(row["better_probability"]):
        why = str(row["flags"]).partition("; ")[0].partition(": ")
        return f"стало ли лучше, сказать нельзя: {why[2] or why[0]}"
    around = span_words(row, "foreseen_low", "foreseen_high").replace("–", " до ")
    came, foreseen = (whole_percent(row[f"{name}_value"]) for name in ("comparable", "foreseen"))
    numbers = f"{came}, а ждали {foreseen}, от {around}"
    without = " без поддержки" if supported else ""
    for word, such, chance in (
        ("лучше", "такой или больший рост бывает и сам собой", row["better_probability"]),
        ("хуже", "такое или большее ухудшение бывает и само собой", row["worse_probability"]),
    ):
        level = next((one for one in (SURE, NOTED) if chance >= one), None)
        if level is not None:
            return f"{word}, чем ожидалось{without} ({numbers}); {such} {BY_ITSELF[level]}"
    if not supported:
        return f"так, как ожидалось ({numbers})"
    return f"так, как ожидалось и без поддержки ({numbers}); сказать, помогла ли она, нельзя"


def in_all(case: Case) -> Iterator[Told]:
    """In how many supported schools results are better or worse than foreseen, or cannot be told."""
    rows = [row for _, row in effects_of(case)]
    if rows:
        told = [row for row in rows if pd.notna(row["better_probability"])]
        better, worse = (sum(row[f"{way}_probability"] >= NOTED for row in told) for way in ("better", "worse"))
        left = f", не сравнить — {len(rows) - len(told)}" if len(told) < len(rows) else ""
        text = (
            f"Против ожидаемого без поддержки (сравнений — {len(told)}) лучше — {better}, хуже — {worse}{left}; само "
            "собой лучше бывает у одной школы из пяти."
            if told
            else "Стали ли результаты школ лучше, сказать нельзя: с прежними годами их не сравнить."
        )
        yield Told(text, [effect_key(row) for row in rows])


def _noticeable(row: Row) -> str:
    """From which improvement of the school on it would be noticed at all; nothing where the share is not estimated."""
    said = noticeable_words(row)
    never = " Улучшения при таком числе участников не заметили бы никакого."
    return {NO_DATA: "", NONE_NOTICED: never}.get(said, f" Заметили бы улучшение больше {said}")


def effects_of(case: Case) -> Iterator[tuple[Indicator, Row]]:
    """The effects of the supported schools, or of the school of a document, by the indicators that are judged."""
    logins = [case.school] if case.school else case.evidence.supported
    for indicator in judged(case.edition):
        rows = effect_rows(case.edition, indicator)
        yield from ((indicator, row) for row in rows_of(rows) if row["school_login"] in logins)


HELD = "доля школы по всем результатам года оценена; «лучше» и «хуже» — от вероятности " + words_of(NOTED)
SUPPORT_SENTENCES = (
    Sentence("поддержка", CONCLUSION, HELD, support, audience=OFFICE, section=TRANSITION),
    Sentence("школа-поддержка", CONCLUSION, HELD, support, (IN_SCHOOL_NOTE,), OFFICE),
    Sentence("итог-поддержка", CONCLUSION, HELD, in_all, audience=OFFICE, section=SUMMARY),
)


# Sentences of the report about the way of the supported schools: own measures, and years not comparable.


def own_measures(case: Case) -> Iterator[Told]:
    """How much of its own roadmap a school carried out."""
    for row in case.evidence.shown_of_schools("own_measures_done_share"):
        bound = "; это нижняя граница: о части мер сведений нет" if "нижняя граница" in row["flags"] else ""
        text = f"{row['group_name']}: собственных мер выполнено {out_of(row)}{bound}."
        yield Told(text, indicator_keys([row]))


def breaks(case: Case) -> Iterator[Told]:
    """Years that may not be compared."""
    edition = case.edition
    rows = ruled_rows(edition, edition.indicators)
    rows = rows[
        (rows["calendar_year"] == edition.calendar_year) & rows["group_name"].isin([*edition.supported, "Город"])
    ]
    broken = rows[rows["change_note"].astype("str").str.startswith(BREAK)]
    for (procedure, note), group in broken.groupby(["procedure", "change_note"], sort=True):
        reason = str(note).removeprefix(f"{BREAK}: ")
        text = f"{procedure}: с прежним годом не сравнить, сопоставимость прервана ({reason})."
        yield Told(text, indicator_keys(rows_of(group)))


TRANSITION_SENTENCES = tuple(
    Sentence(name, kind, condition, tell, audience=audience, section=TRANSITION)
    for name, kind, audience, tell, condition in (
        ("свои-меры", FACT, PUBLIC, own_measures, "у школы есть собственные меры с планом больше нуля"),
        ("разрыв", FACT, PUBLIC, breaks, "слово сопоставимости в календаре процедур сменилось"),
    )
)
