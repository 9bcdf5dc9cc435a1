"""Sentences that documents alone print: a school's note, the brief for the meeting, the note on contests."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.effectiveness import BREAK
from analysis.contracts.execution import DONE, NO_REPORT, UNDOCUMENTED
from analysis.contracts.facts import CONTESTANTS
from analysis.presentation.conclusions.sentence import CONCLUSION, OFFICE, Case, Evidence, Sentence, Told
from analysis.presentation.edition import asked_as, contest_key, indicator_keys
from analysis.presentation.shares import (
    SURE,
    SURELY,
    UNSURE,
    limit_words,
    missing,
    share_words,
    sitting_words,
    whole_percent,
    words_of,
)
from analysis.presentation.words import Row, decimal, form, listed, rows_of
from analysis.rules.documents import IN_CONTESTS, IN_MEETING, IN_SCHOOL_NOTE
from analysis.rules.methods import Passport
from analysis.rules.written import JOURNAL, bracketed, doubt

# Sentences of a school's note about its own results, beside the city's; no other school is named.

FEW, ABOVE = "мало участников", "выше"
LOW_SHARES = ("fail_share", "below_minimum_share")
ONE_SIDED = 0.025
# So many cases are named; of more their number and the strongest.
MOST_NAMED = 3
SWAY = "предела случайных колебаний вокруг города"
# What a school may have told nothing of, and the indicators that would show it.
TOLD_OF = {
    "результаты процедур": LOW_SHARES,
    "социальный паспорт": ("single_parent_share",),
    "кадры": ("vacancy_share",),
    "дефициты педагогов": ("deficit_share",),
    "самооценка": ("self_assessment_score",),
    "конкурсы": ("contest_count",),
}


def low_rows(evidence: Evidence, login: str) -> list[Row]:
    """Results of the exams (the journal is none) by the share that did not manage; of few participants none."""
    return [row for row in _all_low_rows(evidence, login) if FEW not in str(row["flags"])]


def threshold_words(passport: Passport) -> str:
    """«30 % (порог не подтверждён)»."""
    entry = passport[LOW_SHARES[0]]
    sure = bracketed(doubt(entry.default, entry.threshold_confirmed, "порог не подтверждён"))
    return f"{whole_percent(entry.threshold)}{sure}"


def over_the_threshold(case: Case) -> Iterator[Told]:
    """Shares that are nearly surely not below the threshold."""
    over = [row for row in _judged(case) if row["threshold_probability"] >= SURE]
    if over and case.evidence.passport:
        most = sorted(over, key=lambda row: float(row["value"]), reverse=True)[:MOST_NAMED]
        said = [f"{sitting_words(row)} — {share_words(row)}{_rests_on(row)}" for row in most]
        count = f" в {len(over)} результатах; больше всего" if len(over) > len(said) else ""
        head = f"Доля не справившихся {SURELY} не меньше порога {threshold_words(case.evidence.passport)}{count}"
        yield Told(head, indicator_keys(over), said)


def _rests_on(row: Row) -> str:
    """The share on which the sentence rests, because that of the few who wrote may be far below the threshold."""
    pooled = row["pooled_value"]
    return "" if missing(pooled) else f", с учётом всех результатов {whole_percent(pooled)}"


def under_or_undecided(case: Case) -> Iterator[Told]:
    """How many shares are nearly surely below the threshold, and which cannot be told from it."""
    rows = _judged(case)
    if not rows or not case.evidence.passport:
        return
    under = sum(row["threshold_probability"] <= UNSURE for row in rows)
    open_ones = [row for row in rows if UNSURE < row["threshold_probability"] < SURE]
    results = form(len(rows), ("результата", "результатов", "результатов"))
    over = threshold_words(case.evidence.passport)
    in_how_many = f"в {under}" if under else "ни в одном"
    head = f"Из {len(rows)} {results} доля не справившихся {SURELY} меньше порога {over} {in_how_many}"
    named = sorted(open_ones, key=lambda row: -row["threshold_probability"])[:MOST_NAMED]
    shown = [row for row in open_ones if any(row is one for one in named)]
    said = "; ".join(map(sitting_words, shown))
    most = ", ближе всего к нему" if len(shown) < len(open_ones) else ""
    rest = f"; в {len(open_ones)} отличить её от порога нельзя{most}: {said}"
    yield Told(f"{head}{rest if open_ones else ''}.", indicator_keys(rows))


def against_the_city(case: Case) -> Iterator[Told]:
    """Shares greater than chance makes them around the city's, and how many chance would."""
    low = low_rows(case.evidence, case.school)
    rows = [row for row in low if not missing(row["against_city"])]
    if not rows:
        if low:
            yield Told("С городом результаты не сравнены: о других школах сведений нет.", indicator_keys(low))
        return
    worse = [row for row in rows if str(row["against_city"]).startswith(ABOVE)]
    chance = decimal(ONE_SIDED * len(rows), 1)
    compared = f"Сравнений с городом — {len(rows)}; случайно за предел вышло бы в среднем {chance}."
    if not worse:
        text = f"Ни по одному результату доля не справившихся не вышла выше {SWAY}. {compared}"
        yield Told(text, indicator_keys(rows))
        return
    said = [
        f"{sitting_words(row)} — {share_words(row)} при {whole_percent(row['city_value'])} в городе "
        f"({limit_words(row['against_city']).replace('выше предела', 'за пределом')})"
        for row in sorted(worse, key=_excess, reverse=True)[:MOST_NAMED]
    ]
    count = f" в {len(worse)} результатах из {len(rows)}; сильнее всего" if len(worse) > len(said) else ""
    yield Told(f"Доля не справившихся выше {SWAY}{count}", indicator_keys(worse), said)
    yield Told(compared, indicator_keys(rows))


def _excess(row: Row) -> float:
    """By how much a share is greater than the city's."""
    return float(row["value"]) - float(row["city_value"])


def breaks(case: Case) -> Iterator[Told]:
    """Results whose earlier year may not be compared, and why."""
    rows = [row for row in low_rows(case.evidence, case.school) if str(row["change_note"]).startswith(BREAK)]
    if rows:
        results = form(len(rows), ("результат", "результата", "результатов"))
        why = list(dict.fromkeys(str(row["change_note"]).partition(": ")[2] for row in rows))
        head = f"С прежним годом нельзя сравнить {len(rows)} {results} (разрыв сопоставимости)"
        yield Told(head, indicator_keys(rows), why)


def few(case: Case) -> Iterator[Told]:
    """Results of few participants, from which nothing is concluded."""
    rows = [row for row in _all_low_rows(case.evidence, case.school) if FEW in str(row["flags"])]
    if rows:
        names = "; ".join(map(sitting_words, rows))
        yield Told(f"Мало участников, по этим долям выводов не делают: {names}.", indicator_keys(rows))


def journal(case: Case) -> Iterator[Told]:
    """Whether the ВПР is below the journal more often than in the city."""
    rows = case.evidence.of(case.school, "journal_lower_share")
    rows = [row for row in rows if FEW not in str(row["flags"]) and not missing(row["against_city"])]
    more = [row for row in rows if str(row["against_city"]).startswith(ABOVE)]
    if more:
        said = [f"{sitting_words(row)} — {share_words(row)}" for row in more]
        yield Told(f"Доля отметок ВПР ниже журнальной выше {SWAY}", indicator_keys(more), said)
    elif rows:
        text = f"Ни по одной ВПР доля отметок ниже журнальной не вышла выше {SWAY}."
        yield Told(text, indicator_keys(rows))


def deficits(case: Case) -> Iterator[Told]:
    """The competence with most deficits, and whether it differs from the others."""
    rows = [row for row in case.evidence.of(case.school, "deficit_share") if not pd.isna(row["interval_low"])]
    if not rows:
        return
    most = max(rows, key=lambda row: float(row["value"]))
    alike = [row for row in rows if row["interval_high"] >= most["interval_low"]]
    same = "; разница с другими может быть случайной" if len(alike) == len(rows) > 1 else ""
    said = f"«{most['aspect']}» — {share_words(most)}"
    yield Told(f"Чаще всего дефицит найден по компетенции {said}{same}.", indicator_keys(rows))


def lacking(case: Case) -> Iterator[Told]:
    """What the school told nothing of."""
    absent = [
        words
        for words, ids in TOLD_OF.items()
        if all(pd.isna(row["value"]) for row in case.evidence.of(case.school, *ids))
    ]
    if absent:
        yield Told(f"Недостаточно данных, школа этого не сообщила: {', '.join(absent)}.", [])


def _all_low_rows(evidence: Evidence, login: str) -> list[Row]:
    rows = evidence.of(login, *LOW_SHARES)
    return [row for row in rows if str(row["procedure"]) != JOURNAL and not pd.isna(row["value"])]


def _judged(case: Case) -> list[Row]:
    rows = low_rows(case.evidence, case.school)
    return [row for row in rows if not pd.isna(row["threshold_probability"])]


NOT_BELOW_FOR_SURE = f"вероятность, что истинная доля не меньше порога, не меньше {words_of(SURE)}"
SCHOOL_NOTE_SENTENCES = tuple(
    Sentence(name, CONCLUSION, condition, tell, (IN_SCHOOL_NOTE,), OFFICE)
    for name, tell, condition in (
        (
            "школа-выше-порога",
            over_the_threshold,
            NOT_BELOW_FOR_SURE,
        ),
        ("школа-и-порог", under_or_undecided, "вероятность порога посчитана хотя бы для одного результата"),
        ("школа-и-город", against_the_city, "у школы есть доля не справившихся не по малому числу участников"),
        ("школа-разрыв", breaks, "слово сопоставимости в календаре процедур сменилось"),
        ("школа-мало-участников", few, "участников меньше предела «мало участников» в паспорте"),
        ("школа-и-журнал", journal, "отметки ВПР сравнены с журнальными и с городом"),
        ("школа-дефицит", deficits, "школа сообщила о дефицитах"),
        ("школа-нет-данных", lacking, "о чём-то из спрошенного школа не сообщила"),
    )
)


# Sentences of the brief for the meeting: what is carried out, and which schools surely reach the threshold.


def done(case: Case) -> Iterator[Told]:
    """How many of the planned measures are carried out."""
    rows = _planned(case)
    if any(row["status"] != NO_REPORT for row in rows):
        number = sum(row["status"] == DONE for row in rows)
        text = f"Выполнено {number} из {len(rows)} запланированных показателей."
        yield Told(text, [asked_as(row) for row in rows])


def not_known(case: Case) -> Iterator[Told]:
    """Planned measures of which nobody reported anything."""
    rows = [row for row in _planned(case) if row["status"] == NO_REPORT]
    if rows:
        labels = ", ".join(row["measure_label"] for row in rows)
        noun, asked = ("показателю", "выполнен ли он") if len(rows) == 1 else ("показателям", "выполнены ли они")
        which = (
            f"По {noun} {labels}" if len(rows) < len(_planned(case)) else f"Ни по одному показателю с планом ({labels})"
        )
        text = f"{which} сведений нет: сказать, {asked}, нельзя."
        yield Told(text, [asked_as(row) for row in rows])


def undocumented(case: Case) -> Iterator[Told]:
    """Planned measures that were reported in full and have no document at all."""
    rows = [row for row in _planned(case) if row["status"] == UNDOCUMENTED]
    if rows:
        labels = ", ".join(row["measure_label"] for row in rows)
        noun = "показателю" if len(rows) == 1 else "показателям"
        text = f"По {noun} {labels} сообщено всё запланированное, но не назван ни один документ."
        yield Told(text, [asked_as(row) for row in rows])


def schools_over_the_threshold(case: Case) -> Iterator[Told]:
    """Supported schools with a share that is nearly surely not below the threshold."""
    rows = {login: _over(case, login) for login in case.evidence.supported}
    over = [login for login, some in rows.items() if some]
    if over:
        names = listed([case.evidence.name(login) for login in over])
        text = f"Хотя бы по одной процедуре доля «2» {SURELY} не меньше порога: {names}; подробно — в справках."
        yield Told(text, indicator_keys([row for some in rows.values() for row in some]))


def _planned(case: Case) -> list[Row]:
    rows = case.edition.execution
    return rows_of(rows[(rows["target_count"] > 0).fillna(False)]) if len(rows) else []


def _over(case: Case, login: str) -> list[Row]:
    return [
        row
        for row in low_rows(case.evidence, login)
        if not pd.isna(row["threshold_probability"]) and row["threshold_probability"] >= SURE
    ]


NOT_BELOW_PROBABLY = f"вероятность, что доля школы не меньше порога, от {words_of(SURE)}"
MEETING_SENTENCES = tuple(
    Sentence(name, CONCLUSION, condition, tell, (IN_MEETING,), OFFICE)
    for name, tell, condition in (
        ("исполнение", done, "есть показатели с планом больше нуля"),
        ("исполнение-не-ясно", not_known, "о показателе с планом больше нуля сведений нет"),
        ("исполнение-без-документов", undocumented, "о показателе сообщено всё, а документов не названо"),
        (
            "школы-выше-порога",
            schools_over_the_threshold,
            NOT_BELOW_PROBABLY,
        ),
    )
)


# Sentences of the note on contests: who of the supported schools took part on the municipal level, and who won.

TEACHERS = CONTESTANTS[1]
OF_TEACHERS = "муниципальный"


def did_not_take_part(case: Case) -> Iterator[Told]:
    """Supported schools that told of contests, and of no municipal one of teachers."""
    absent = _absent(case)
    if absent:
        names = listed([case.evidence.name(login) for login in absent])
        rows = _contests(case)
        keys = [contest_key(row) for row in rows_of(rows[rows["school_login"].isin(absent)])]
        yield Told(f"В муниципальных конкурсах педагогов не участвовали поддерживаемые школы: {names}.", keys)


def all_took_part(case: Case) -> Iterator[Told]:
    """Every supported school took part."""
    supported, rows = case.evidence.supported, _contests(case)
    if supported and len(rows) and not _absent(case) and not _silent(case):
        text = "В муниципальных конкурсах педагогов участвовали все поддерживаемые школы."
        yield Told(text, [contest_key(row) for row in rows_of(_of_teachers(case))])


def told_nothing(case: Case) -> Iterator[Told]:
    """Supported schools that told of no contest."""
    silent = _silent(case)
    if silent:
        names = listed([case.evidence.name(login) for login in silent])
        yield Told(f"Недостаточно данных, о конкурсах не сообщили: {names}.", [])


def winners(case: Case) -> Iterator[Told]:
    """How many winners the supported schools have among teachers."""
    rows = _of_teachers(case)
    by_school = rows.groupby("school_login")["winner_count"].sum() if len(rows) else pd.Series(dtype="int64")
    said = [
        f"{case.evidence.name(login)} — {int(by_school[login])}"
        for login in case.evidence.supported
        if login in by_school
    ]
    if said:
        keys = [contest_key(row) for row in rows_of(rows)]
        yield Told("Победителей и призёров среди педагогов на муниципальном уровне", keys, said)


def _contests(case: Case) -> pd.DataFrame:
    return case.evidence.rows("contests")


def _of_teachers(case: Case) -> pd.DataFrame:
    """Municipal contests of teachers of the supported schools."""
    rows = _contests(case)
    if rows.empty:
        return rows
    wanted = (rows["contestants"] == TEACHERS) & (rows["contest_level"] == OF_TEACHERS)
    return rows[wanted & rows["school_login"].isin(case.evidence.supported)]


def _silent(case: Case) -> list[str]:
    told = set(_contests(case)["school_login"])
    return [login for login in case.evidence.supported if login not in told]


def _absent(case: Case) -> list[str]:
    took = set(_of_teachers(case)["school_login"])
    silent = _silent(case)
    return [login for login in case.evidence.supported if login not in took and login not in silent]


CONTEST_SENTENCES = tuple(
    Sentence(name, CONCLUSION, condition, tell, (IN_CONTESTS,), OFFICE)
    for name, tell, condition in (
        ("конкурсы-без-участия", did_not_take_part, "школа сообщила о конкурсах, а муниципального у педагогов нет"),
        ("конкурсы-все", all_took_part, "в муниципальных конкурсах педагогов участвовали все поддерживаемые школы"),
        ("конкурсы-нет-данных", told_nothing, "поддерживаемая школа о конкурсах не сообщила"),
        ("конкурсы-победы", winners, "поддерживаемая школа участвовала в муниципальном конкурсе педагогов"),
    )
)
