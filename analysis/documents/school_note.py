"""The analytic note of a school: its own roadmap, its results beside the city's, its teachers; what it replies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from analysis.contracts.execution import NOT_PLANNED
from analysis.contracts.facts import FORM_LINES, SHORT
from analysis.contracts.tables import TABLES
from analysis.documents.material import (
    CONCLUSION,
    FACT,
    Material,
    Reply,
    asked_for,
    bullets,
    concluded,
    hypotheses_and_decisions,
    whence,
)
from analysis.documents.staging import Document
from analysis.presentation.conclusions.documents import LOW_SHARES, low_rows
from analysis.presentation.conclusions.sentence import Case
from analysis.presentation.exhibits import Col, plain_table
from analysis.presentation.markdown import escape, points, table_note
from analysis.presentation.shares import (
    NO_DATA,
    SEASONS,
    SURE,
    SURELY,
    VPR_NOTICE,
    brief_change,
    limit_words,
    missing,
    share_words,
    sitting_words,
    span_words,
    whole_percent,
    words_of,
)
from analysis.presentation.words import (
    NO_BREAK_SPACE,
    Row,
    count_words,
    date_words,
    decimal,
    form,
    in_order_of_codes,
    long_date,
    rows_of,
    state_words,
)
from analysis.rules.documents import SCHOOL_NOTE

# The tables of a school's note: its own numbers beside the city's; no other school is named.

NOTHING: Row = {"value": None}


def _limit(against: Any) -> str:
    """«выше, 95 %»: short enough for one line."""
    return limit_words(against).replace(" предела ", f",{NO_BREAK_SPACE}")


# Columns of several tables, each with its width there.
INTERVAL = partial(Col, None, "Интервал 95\N{NO-BREAK SPACE}%", align="c", say=span_words)
CITY = partial(Col, "city_value", None, align="c", say=whole_percent)
LIMIT = partial(Col, "against_city", None, align="l", say=_limit)


def _known(count: Any) -> str:
    return count_words(count, NO_DATA)


def execution(material: Material, login: str) -> str:
    """What the school answers for in the roadmap, and what became of it."""
    rows = material.rows("school_results")
    rows = rows[rows["school_login"] == login]
    columns = [
        Col("measure_label", "№", 6),
        Col("measure_name", width=25),
        Col("share_count", width=14, align="c", say=partial(count_words, otherwise="не установлена")),
        Col("reported_count", width=12, align="c", say=_known),
        Col("documented_count", width=16, align="c", say=_known),
        Col("accepted_count", width=11, align="c", say=_known),
        Col("school_status", "Состояние", 16),
    ]
    caption = f"Показатели «дорожной карты», за которые отвечает школа, {material.year} год"
    return plain_table("execution", caption, TABLES["school_results"], rows_of(rows), columns)


def own_measures(material: Material, login: str) -> str:
    """The measures of the school's own roadmap."""
    rows = material.rows("school_measures")
    columns = [
        Col("own_measure", width=58),
        Col("planned_count", width=14, align="c", say=count_words),
        Col("done_count", width=14, align="c", say=count_words),
        Col("done_date", "Когда", 14, "c", partial(date_words, otherwise=NO_DATA)),
    ]
    caption = f"Меры школьной «дорожной карты», {material.year} год"
    return plain_table("own", caption, TABLES["school_measures"], rows_of(rows[rows["school_login"] == login]), columns)


def results(material: Material, login: str) -> str:
    """The share that did not manage and how sure it is, beside it that of the marks 4 and 5; of few pupils none."""
    rows = low_rows(material, login)
    good = {_key(row): row for row in material.of(login, "quality_share")}
    seasons = Counter(str(row["wave"]) for row in rows if str(row["wave"]) in SEASONS)
    usual = next((season for season, _ in seasons.most_common(1)), "")
    columns = [
        Col(None, "Результат", 34, "l", lambda row: sitting_words(row).removesuffix(f", {usual}")),
        Col(None, "Не справились", 17, "c", share_words),
        INTERVAL(9),
        Col("pooled_value", "С учётом всех", 9, "c", whole_percent),
        CITY(7),
        LIMIT(14),
        Col(None, "Отметки «4» и «5»", 16, "c", lambda row: share_words(good.get(_key(row), NOTHING))),
    ]
    when = f" (ВПР — {usual}{', где не сказано иное' if len(seasons) > 1 else ''})" if usual else ""
    caption = f"Результаты процедур {material.year} года{when}"
    return _beside_city(material, rows, plain_table("low", caption, TABLES["school_indicators"], rows, columns))


def passport_shares(material: Material, login: str, ids: list[str]) -> str:
    """Shares of the social passport, of posts and of teachers."""
    rows = material.of(login, *ids)
    columns = [
        Col("indicator_id", width=46, say=lambda one: material.passport[str(one)].name if material.passport else one),
        Col(None, "Школа", 20, "c", share_words),
        CITY(10),
        Col(None, "Изменение", 24, "l", brief_change),
    ]
    printed = plain_table("social", "Контингент и кадры", TABLES["school_indicators"], rows, columns)
    return _beside_city(material, rows, printed)


def deficits(material: Material, login: str) -> str:
    """Deficits of teachers by competence."""
    columns = [
        Col("aspect", "Компетенция", 57),
        Col(None, "С дефицитом", 17, "c", share_words),
        INTERVAL(9),
        CITY(7),
        LIMIT(14),
    ]
    rows = material.of(login, "deficit_share")
    printed = plain_table("deficits", "Профессиональные дефициты учителей", TABLES["school_indicators"], rows, columns)
    return _beside_city(material, rows, printed)


def tables_of_school(material: Material, login: str) -> list[str]:
    """All tables of the note, those without rows left out."""
    ids = [one for table in FORM_LINES for one in material.shares_of(table)]
    shares = partial(passport_shares, ids=ids)
    made = (of(material, login) for of in (execution, own_measures, results, shares, deficits))
    return [one for one in made if one]


def _beside_city(material: Material, rows: Iterable[Row], markdown: str) -> str:
    """A table, and under it of how many schools the city is made where not of all."""
    note = _city(material, rows) if markdown else ""
    return f"{markdown}\n\n{note}" if note else markdown


def _city(material: Material, rows: Iterable[Row]) -> str:
    edition = material.edition
    named = [(_about(material, row), row) for row in rows]
    note = edition.city_note(named)
    return table_note(note) if note else ""


def _about(material: Material, row: Row) -> str:
    """What a row is about, as its table calls it."""
    if not missing(row["procedure"]):
        return sitting_words(row)
    assert material.passport is not None
    return f"«{material.passport[row['indicator_id']].name if missing(row['aspect']) else row['aspect']}»"


def _key(row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("procedure", "subject", "programme_grade", "wave"))


def history(login: str, tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, Row]]:
    """Each thing to say of a school, with the row it rests on; nothing of a school that nothing happened to.

    Args:
        login: The school.
        tables: schools, and former_names and school_mergers where they are.
    """
    names = dict(zip(tables["schools"]["school_login"], tables["schools"]["school_name"], strict=True))
    for row in _rows(tables, "former_names", "school_login", login):
        if row["name_kind"] == SHORT:
            yield f"прежнее название: «{row['former_name']}» (по реестру от {_day(row['last_named_date'])})", row
    for row in _rows(tables, "school_mergers", "school_login", login):
        day, into = _day(row["merged_date"]), row["into_login"]
        said: str = f"закрыта с {day}" if pd.isna(into) else f"с {day} — в составе школы «{names[into]}»"
        yield f"{said} ({row['basis']})", row
    for row in _rows(tables, "school_mergers", "into_login", login):
        came = f"«{row['ended_name']}» ({row['school_login']})"
        yield f"с {_day(row['merged_date'])} в школу вошла {came}: сравнение с прежними годами условно", row


def _rows(tables: Mapping[str, pd.DataFrame], name: str, column: str, login: str) -> list[Row]:
    table = tables.get(name)
    return [] if table is None else rows_of(table[table[column] == login])


def _day(day: pd.Timestamp) -> str:
    return f"{day:%d.%m.%Y}"


NO_REPLY = "Ответа школы на день выпуска справки нет. Его кладут в файл reports/{year}/replies/{login}.md."
UNKNOWN_STATUS = "Участвует ли школа в программе поддержки, реестр не говорит: статуса за эти учебные годы в нём нет."
HOW_TO_READ = (
    "В таблицах — число, из скольких оно и доля. Интервал — где с вероятностью 95 % лежит истинная доля. «С учётом "
    "всех» — доля, оценённая вместе с другими результатами школы и города. «Выше, 95 %» — за пределом случайных "
    f"колебаний вокруг города; «неотличимо» значит, что различие может быть случайным, а не что его нет; «{SURELY}» в "
    f"выводах — от {words_of(SURE)}. Прочерк — сведений нет, это не ноль. Остальное о школе (результаты малого числа "
    "участников, журнал, прежние годы, конкурсы) — в служебном отчёте за год."
)


def school_note(material: Material, login: str) -> Document:
    """The note of a school."""
    name, title = f"analytic-note-{material.year}-{login}", f"{SCHOOL_NOTE.title}: {material.name(login)}"
    return Document(login, name, title, f"{material.place}, {material.year} год", _body(material, login))


def _body(material: Material, login: str) -> str:
    tables = tables_of_school(material, login)
    asked = [f"{login}{one}@{material.year}" for one in ("", *(f"/{name}" for name in _asked(material, login)))]
    has_vpr = (material.indicators["school_login"] == login) & (material.indicators["procedure"] == "ВПР")
    parts = [
        FACT,
        bullets(list(facts(material, login)), "Школа ничего не сообщила."),
        CONCLUSION,
        concluded(SCHOOL_NOTE, Case(material, login)),
        # In small letters instead of a frame: the note of a usual year fits three pages so.
        table_note(VPR_NOTICE) if has_vpr.any() else "",
        hypotheses_and_decisions(material, SCHOOL_NOTE, login),
        "# Ответ школы",
        _reply(material.replies.get(login), material.year, login),
        f"::: {{.table-note}}\n{asked_for(material, SCHOOL_NOTE)} {whence(material, asked, indicators=False)}\n:::",
        *(["# Таблицы", table_note(HOW_TO_READ), *tables] if tables else []),
    ]
    return "\n\n".join(part for part in parts if part)


def _asked(material: Material, login: str) -> list[str]:
    """An indicator that the note prints, as an example of what can be asked for."""
    return [one for one in LOW_SHARES if material.of(login, one)][:1]


def _reply(reply: Reply | None, year: int, login: str) -> str:
    if reply is None:
        return escape(NO_REPLY.format(year=year, login=login))
    post = f"{reply.post[:1].upper()}{reply.post[1:]}"
    return f"{escape(post)}, {long_date(reply.day)}:\n\n{reply.markdown}"


def facts(material: Material, login: str) -> Iterator[str]:
    """What is known of the school this year, sentence by sentence, as Markdown."""
    yield from (escape(f"{said[:1].upper()}{said[1:]}.") for said, _ in history(login, material.edition.tables))
    yield _status(material, login)
    for some in (_executed, _owing, _own, _pupils, _low, _contested, _own_view):
        yield from some(material, login)


def _status(material: Material, login: str) -> str:
    mine = material.statuses[material.statuses["school_login"] == login]
    given = mine[mine["status"] != "нет"]
    said = "; ".join(f"{row['school_year']} учебный год — {row['status']}" for row in rows_of(given))
    without = UNKNOWN_STATUS if mine.empty else "В программе поддержки в этом году школа не участвует."
    return escape(f"Статус школы: {said}." if said else without)


def _executed(material: Material, login: str) -> Iterator[str]:
    rows = material.rows("school_results")
    if login not in set(rows["school_login"]):
        return
    rows = rows[rows["school_login"] == login]
    planned = rows[(rows["school_status"] != NOT_PLANNED)]
    counts = planned["school_status"].value_counts()
    states = ", ".join(f"{state_words(str(state))} — {count}" for state, count in counts.items())
    measures = form(len(planned), ("показатель", "показателя", "показателей"))
    said = f"За школой {len(planned)} {measures} «дорожной карты» с планом на этот год: {states}"
    yield f"{escape(said)} (@tbl-execution)." if len(planned) else "Плана на этот год за школой нет (@tbl-execution)."


def _owing(material: Material, login: str) -> Iterator[str]:
    rows = material.rows("owed")
    if material.edition.is_over and "debtor" in rows:
        mine = rows[rows["debtor"] == login]
        said = [
            f"{kind} — {', '.join(in_order_of_codes(alike['measure_label']))}"
            for kind, alike in mine.groupby("owed_kind", sort=False)
        ]
        if said:
            yield points("За школой осталось на срок отчёта (номера показателей)", said)


def _own(material: Material, login: str) -> Iterator[str]:
    rows = material.rows("school_measures")
    mine = rows[rows["school_login"] == login]
    if mine.empty:
        yield "О мерах собственной «дорожной карты» школа не сообщила."
        return
    done = int((mine["done_count"] >= mine["planned_count"]).fillna(False).sum())
    unknown = int((mine["done_count"].isna() | mine["planned_count"].isna()).sum())
    measures = form(len(mine), ("мера", "меры", "мер"))
    counts = {"сделано не меньше плана": done, "меньше плана": len(mine) - done - unknown, "сведений нет": unknown}
    said = ", ".join(f"{words} — {count}" for words, count in counts.items() if count)
    yield f"В собственной «дорожной карте» {len(mine)} {measures}: {said} (@tbl-own)."


def _pupils(material: Material, login: str) -> Iterator[str]:
    shares = material.shares_of("context")
    rows = [row for row in material.of(login, *shares) if not pd.isna(row["value"])]
    if rows and material.passport:
        pupils = int(rows[0]["denominator"])
        learners = form(pupils, ("обучающийся", "обучающихся", "обучающихся"))
        far = max(rows, key=_from_the_city)
        name = material.passport[str(far["indicator_id"])].name
        said = (
            f". Больше всего процентных пунктов до города — «{name}»: {share_words(far)}, "
            f"в городе {whole_percent(far['city_value'])}"
        )
        yield f"{escape(f'В школе {pupils} {learners}{said if _from_the_city(far) else str()}')} (@tbl-social)."


def _from_the_city(row: Row) -> float:
    """How far a share is from the city's, up or down; 0 where the city has none."""
    return 0.0 if pd.isna(row["city_value"]) else abs(float(row["value"]) - float(row["city_value"]))


def _low(material: Material, login: str) -> Iterator[str]:
    rows = low_rows(material, login)
    if not rows:
        yield "Сведений о результатах процедур за этот год нет."
        return
    low, high = (choose(rows, key=lambda row: float(row["value"])) for choose in (min, max))
    shares = (
        f"от {whole_percent(low['value'])} ({sitting_words(low)}) до {whole_percent(high['value'])} "
        f"({sitting_words(high)}: {share_words(high).partition(' (')[0]})"
    )
    if low["value"] == high["value"]:
        shares = f"{whole_percent(low['value'])}{' в каждом' if len(rows) > 1 else ''}"
    said = f"Результатов ВПР, ОГЭ и ЕГЭ — {len(rows)}; доля не справившихся — {shares}"
    yield f"{escape(said)} (@tbl-low)."


def _contested(material: Material, login: str) -> Iterator[str]:
    rows = material.rows("contests")
    if login not in set(rows["school_login"]):
        return
    mine = rows[rows["school_login"] == login]
    people, winners = int(mine["contestant_count"].sum()), int(mine["winner_count"].sum())
    contests = form(len(mine), ("конкурсе", "конкурсах", "конкурсах"))
    yield (f"Школа участвовала в {len(mine)} {contests}: участий — {people}, победителей и призёров — {winners}.")


def _own_view(material: Material, login: str) -> Iterator[str]:
    """The lowest and the highest score that the school gave itself."""
    rows = [row for row in material.of(login, "self_assessment_score") if not pd.isna(row["value"])]
    scores = sorted({float(row["value"]) for row in rows})
    if len(scores) == 1:
        yield escape(f"Самооценка: балл по всем критериям один — {decimal(scores[0])}.")
    elif scores:
        ends = (scores[0], scores[-1])
        lists = (", ".join(f"«{row['aspect']}»" for row in rows if float(row["value"]) == end) for end in ends)
        low, high = (f"{names} — {decimal(end)}" for names, end in zip(lists, ends, strict=True))
        yield escape(f"Самооценка: ниже всего {low}; выше всего {high}.")
