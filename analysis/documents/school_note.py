"""The analytic note of a school: its own roadmap, its results beside the city's, its teachers; what it replies."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from analysis.contracts.execution import NOT_PLANNED
from analysis.contracts.facts import SHORT
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
from analysis.presentation.markdown import escape, points, table_note
from analysis.presentation.shares import (
    SURE,
    SURELY,
    VPR_NOTICE,
    share_words,
    sitting_words,
    whole_percent,
    words_of,
)
from analysis.presentation.words import (
    Row,
    decimal,
    form,
    in_order_of_codes,
    long_date,
    rows_of,
    state_words,
)
from analysis.rules.documents import SCHOOL_NOTE


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


def school_notes(
    material: Material, logins: Sequence[str], tables: Callable[[Material, str], Sequence[str]]
) -> list[Document]:
    """A note for each of the schools.

    Args:
        material: What it is made from.
        logins: The schools.
        tables: The tables of a school.
    """
    return [_note(material, login, tables(material, login)) for login in logins]


def _note(material: Material, login: str, tables: Sequence[str]) -> Document:
    name, title = f"analytic-note-{material.year}-{login}", f"{SCHOOL_NOTE.title}: {material.name(login)}"
    return Document(login, name, title, f"{material.place}, {material.year} год", _body(material, login, tables))


def _body(material: Material, login: str, tables: Sequence[str]) -> str:
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
