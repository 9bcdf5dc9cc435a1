"""Conclusions about a school: each with an id and the evidence without which it is not printed."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from analysis.documents.material import Material
from analysis.documents.numbers import change_words, limit_words, missing, percent, share_words, sitting_words
from analysis.documents.parts import points
from analysis.presentation.markdown import escape
from analysis.presentation.russian import decimal, form
from analysis.presentation.words import Row

JOURNAL, FEW = "Журнал", "мало участников"
LOW_SHARES = ("fail_share", "below_minimum_share")
# From these probabilities on a statement is made; between them the difference cannot be told from chance.
SURE, UNSURE = 0.9, 0.1
RISEN, FALLEN = 0.95, 0.05
ONE_SIDED = 0.025
NOT_TOLD = "неотличимо от случайного"


class Said(NamedTuple):
    """A sentence that the evidence carries.

    Attributes:
        id: Of the entry in CONCLUSIONS.
        text: Markdown.
        about: Ids of the indicators it rests on; with the school and the year they name its rows.
    """

    id: str
    text: str
    about: tuple[str, ...]


Rule = Callable[[Material, str], Iterator[str]]


def conclusions(material: Material, login: str) -> list[Said]:
    """The sentences about a school that its rows carry, in the order of the list."""
    return [Said(name, text, about) for name, about, rule in CONCLUSIONS for text in rule(material, login)]


def low_rows(material: Material, login: str) -> list[Row]:
    """Results of the exams (the journal is none) by the share that did not manage; of few participants none."""
    return [row for row in _all_low_rows(material, login) if FEW not in str(row["flags"])]


def _all_low_rows(material: Material, login: str) -> list[Row]:
    rows = material.of(login, *LOW_SHARES)
    return [row for row in rows if str(row["procedure"]) != JOURNAL and not pd.isna(row["value"])]


def _over_the_threshold(material: Material, login: str) -> Iterator[str]:
    rows = [row for row in low_rows(material, login) if not pd.isna(row["threshold_probability"])]
    over = [row for row in rows if row["threshold_probability"] >= SURE]
    if over and material.passport:
        said = [
            f"{sitting_words(row)} — {share_words(row)}, вероятность {percent(row['threshold_probability'])}"
            for row in over
        ]
        yield points(f"Доля не справившихся, вероятно, не меньше порога {threshold_words(material)}", said)


def _under_or_undecided(material: Material, login: str) -> Iterator[str]:
    rows = [row for row in low_rows(material, login) if not pd.isna(row["threshold_probability"])]
    if not rows or not material.passport:
        return
    under = sum(row["threshold_probability"] <= UNSURE for row in rows)
    open_ones = [row for row in rows if UNSURE < row["threshold_probability"] < SURE]
    results = form(len(rows), ("результата", "результатов", "результатов"))
    head = (
        f"Из {len(rows)} {results} доля не справившихся, вероятно, меньше порога {threshold_words(material)} в {under}"
    )
    if open_ones:
        said = [f"{sitting_words(row)} ({percent(row['threshold_probability'])})" for row in open_ones]
        yield escape(
            f"{head}; в {len(open_ones)} отличить её от порога нельзя (в скобках — вероятность порога): "
            f"{'; '.join(said)}."
        )
    else:
        yield escape(f"{head}.")


def threshold_words(material: Material) -> str:
    """«30 % (порог не подтверждён)»."""
    assert material.passport is not None
    entry = material.passport[LOW_SHARES[0]]
    sure = "" if entry.threshold_confirmed else " (порог не подтверждён)"
    return f"{percent(entry.threshold)}{sure}"


def _against_the_city(material: Material, login: str) -> Iterator[str]:
    rows = [row for row in low_rows(material, login) if not missing(row["against_city"])]
    if not rows:
        return
    worse = [row for row in rows if str(row["against_city"]).startswith("выше")]
    chance = decimal(ONE_SIDED * len(rows), 1)
    compared = f"Сравнений с городом — {len(rows)}; случайно за предел вышло бы в среднем {chance}."
    if not worse:
        yield escape(f"Доля не справившихся нигде не больше, чем в городе: различие {NOT_TOLD}. {compared}")
        return
    said = [
        f"{sitting_words(row)} — {share_words(row)} при {percent(row['city_value'])} в городе "
        f"({limit_words(row['against_city']).replace('выше предела', 'за пределом')})"
        for row in worse
    ]
    yield points("Не справились чаще, чем в городе, за пределами случайного", said)
    yield escape(compared)


def _changes(material: Material, login: str) -> Iterator[str]:
    rows = [row for row in low_rows(material, login) if not pd.isna(row["growth_probability"])]
    for which, verb in ((RISEN, "выросла"), (FALLEN, "снизилась")):
        real = [row for row in rows if _is_real(row, which)]
        if real:
            yield points(
                f"Доля не справившихся {verb}",
                [f"{sitting_words(row)} — {share_words(row)}, {change_words(row)}" for row in real],
            )
    same = sum(not _is_real(row, RISEN) and not _is_real(row, FALLEN) for row in rows)
    if same:
        results = form(same, ("результата", "результатов", "результатов"))
        yield escape(f"У {same} {results} изменение к прежнему сопоставимому году {NOT_TOLD}.")


def _is_real(row: Row, bound: float) -> bool:
    grown = float(row["growth_probability"])
    return grown >= bound if bound > 0.5 else grown <= bound


def _breaks(material: Material, login: str) -> Iterator[str]:
    notes = [str(row["change_note"]) for row in low_rows(material, login) if not missing(row["change_note"])]
    broken = [note for note in notes if note.startswith("разрыв")]
    if broken:
        results = form(len(broken), ("результат", "результата", "результатов"))
        yield points(
            f"С прежним годом нельзя сравнить {len(broken)} {results} (разрыв сопоставимости)",
            list(dict.fromkeys(note.partition(": ")[2] for note in broken)),
        )


def _few(material: Material, login: str) -> Iterator[str]:
    few = [row for row in _all_low_rows(material, login) if FEW in str(row["flags"])]
    if few:
        yield escape(f"Мало участников, по этим долям выводов не делают: {'; '.join(map(sitting_words, few))}.")


def _journal(material: Material, login: str) -> Iterator[str]:
    rows = [row for row in material.of(login, "journal_lower_share") if FEW not in str(row["flags"])]
    rows = [row for row in rows if not missing(row["against_city"])]
    if rows:
        more = [row for row in rows if str(row["against_city"]).startswith("выше")]
        said = [f"{sitting_words(row)} — {share_words(row)}" for row in more]
        same = f"Отметка ВПР ниже журнальной не чаще, чем в городе: различие {NOT_TOLD}."
        yield points("Отметка ВПР ниже журнальной чаще, чем в городе", said) if more else same


def _deficits(material: Material, login: str) -> Iterator[str]:
    rows = [row for row in material.of(login, "deficit_share") if not pd.isna(row["interval_low"])]
    if not rows:
        return
    most = sorted(rows, key=lambda row: -float(row["value"]))[0]
    alike = [row for row in rows if row["interval_high"] >= most["interval_low"]]
    said = f"«{most['aspect']}» — {share_words(most)}"
    if len(alike) == len(rows) > 1:
        yield escape(f"Чаще всего дефицит найден по компетенции {said}; отличие её от других {NOT_TOLD}.")
    else:
        yield escape(f"Чаще всего дефицит найден по компетенции {said}.")


def _lacking(material: Material, login: str) -> Iterator[str]:
    named = {
        "результаты процедур": LOW_SHARES,
        "социальный паспорт": ("single_parent_share",),
        "кадры": ("vacancy_share",),
        "дефициты педагогов": ("deficit_share",),
        "самооценка": ("self_assessment_score",),
        "конкурсы": ("contest_count",),
    }
    absent = [
        words for words, ids in named.items() if all(pd.isna(row["value"]) for row in material.of(login, *ids))
    ]  # fmt: skip
    if absent:
        yield escape(f"Недостаточно данных, школа этого не сообщила: {', '.join(absent)}.")


CONCLUSIONS: Sequence[tuple[str, tuple[str, ...], Rule]] = (
    ("over-threshold", LOW_SHARES, _over_the_threshold),
    ("under-or-undecided", LOW_SHARES, _under_or_undecided),
    ("against-city", LOW_SHARES, _against_the_city),
    ("change", LOW_SHARES, _changes),
    ("break", LOW_SHARES, _breaks),
    ("few", LOW_SHARES, _few),
    ("journal", ("journal_lower_share",), _journal),
    ("deficit", ("deficit_share",), _deficits),
    ("lacking", (), _lacking),
)
