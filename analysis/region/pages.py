"""The report of a region: pages of the states of cities and of what stands side by side.

For the public it is made of what cities print; the office's, in output/internal, is not masked and says so.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from analysis.contracts.columns import Contract, titles_of
from analysis.contracts.findings import RULE_TITLES, Severity
from analysis.contracts.region import (
    AGREED,
    NOT_AGREED,
    REGION_TABLES,
    RegionCities,
    RegionEditions,
    RegionExecution,
    RegionFindings,
    RegionIndicators,
)
from analysis.presentation.exhibits import Col, filled, plain_table
from analysis.presentation.markdown import Ready, escape, table_note
from analysis.presentation.shares import NO_DATA, interval_words, out_of, value_words
from analysis.presentation.words import (
    GENITIVE,
    Row,
    count_words,
    counted,
    date_words,
    ended,
    long_date,
    rows_of,
    short_date,
)
from analysis.region.comparison import FEW_SCHOOLS, NO_NUMBERS, CityState, findings_of, is_small
from analysis.region.settings import REGION_FILE, Region
from analysis.rules.config import OFFICE_ONLY
from analysis.rules.methods import NOT_JUDGED, Indicator

COMMON_FAULT = 3  # from so many cities on, and more than half of all, one rule asks to look at the form
SOURCES = {True: "output/internal", False: "output/public"}  # whether it is for the office
NOT_MASKED = (
    f"{OFFICE_ONLY}. Малые числа в этом отчёте не скрыты: по числам региона и городов вместе можно узнать скрытое в "
    "открытых отчётах городов. Город с одной школой — это школа; из двух школ каждая знает другую; регион без "
    "остальных городов даёт последний. Открытый отчёт региона печатает analysis region report."
)
MASKED = (
    "Здесь только числа, которые город утвердил и печатает в своём открытом отчёте. «Регион» — вместе по городам, чьи "
    "числа стоят рядом, поэтому того, что скрыли города, по нему не узнать. Чего нет — прочерк и причина."
)
NOT_PRINTED = "в открытом отчёте города числа нет"
NO_EDITION, NOT_BUILT = "отчёта за этот год у города нет", "город не собран"
NO_RANKS = "Порядок городов везде один, мест нет."
BESIDE = "Рядом со значением — интервал 95 %."
OWN_PLANS = (
    "Планы у городов разные: строка говорит, сколько из своего плана выполнил город, и места ему не даёт. "
    "Подтверждено — к показателю названы документы; принято — управление города их приняло. Остальные состояния — в "
    "данных."
)
POOLED_NOTE = (
    "«С учётом всех» — оценка по сопоставимым городам вместе, той же моделью, что в отчёте города, где на месте школ "
    "стоят города. Она опирается и на другие процедуры того же показателя, поэтому может лежать вне и значения города, "
    "и числа региона. Прочерк — число не сопоставимо или его нет; причина рядом."
)
COMMON_NOTE = (
    f"Замечание, которое встретилось в {COMMON_FAULT} городах и больше и больше чем в половине, — скорее ошибка формы "
    "или правила, чем города."
)


@dataclass(frozen=True)
class Made:
    """What the pages are made from.

    Attributes:
        region: The region.
        states: Its cities in their order.
        frames: Its tables by name, as the readers may see them.
        internal: Whether the readers are the office.
    """

    region: Region
    states: Sequence[CityState]
    frames: Mapping[str, pd.DataFrame]
    internal: bool

    @cached_property
    def tables(self) -> Mapping[str, Sequence[Row]]:
        """The rows of the tables by name."""
        return {name: rows_of(table) for name, table in self.frames.items()}

    @property
    def begin(self) -> str:
        """What every page says first; nothing to the public."""
        return f"{OFFICE_ONLY}. " if self.internal else ""

    def of(self, name: str, **wanted: object) -> list[Row]:
        """The rows of a table that have these values."""
        return [row for row in self.tables[name] if all(row[key] == value for key, value in wanted.items())]

    def absent(self, year: int) -> dict[str, str]:
        """By id the cities of whose indicators in a year nothing is public, and why."""
        noted = {row["city_id"]: row["withheld_note"] for row in self.of("region_editions", calendar_year=year)}
        notes = [(one, noted.get(one.city.id, NO_EDITION if one.good else NOT_BUILT)) for one in self.states]
        why = {one.city.id: note or (FEW_SCHOOLS if is_small(one) else "") for one, note in notes}
        return {city: said for city, said in why.items() if said}

    @property
    def years(self) -> list[int]:
        """The years of which some city has an edition."""
        return sorted({row["calendar_year"] for row in self.tables["region_editions"]})

    @property
    def indicators(self) -> list[Indicator]:
        """Those that are printed: shares of results and others that are judged, as the first city defines them."""
        known = {one["id"]: one for state in self.states[::-1] if state.enters for one in state.good["indicators"]}
        found = [Indicator(**{**one, "numerator": tuple(one["numerator"])}) for one in known.values()]
        return [one for one in found if one.pooled and one.direction != NOT_JUDGED]


def texts(made: Made) -> dict[str, tuple[str, str]]:
    """Returns the title and the text of each page by the name of its file."""
    pages = {"index.qmd": (made.region.file.head.name, _index(made))}
    pages |= {
        f"indicators-{year}.qmd": (f"Показатели городов, {year} год", _of_year(made, year)) for year in made.years
    }
    return pages | {f"city-{one.city.id}.qmd": (one.name, _of_city(made, one)) for one in made.states}


def _in_one_order(name: str, caption: str, contract: Contract, rows: Sequence[Row], columns: Sequence[Col]) -> str:
    """A table of cities that no reader sorts; columns in which nothing stands are left out."""
    if not rows:
        return ""
    return f"::: {{.fixed-order}}\n{plain_table(name, caption, contract, rows, filled(columns, rows))}\n:::"


def _index(made: Made) -> str:
    names = [f"- [{name}.csv](data/{name}.csv) — {escape(_about(name))}" for name in made.frames]
    editions, execution = made.tables["region_editions"], made.tables["region_execution"]
    campaigns = "\n".join(f"- {escape(_campaign(made, year))}" for year in made.years)
    of_office = {
        "Города {#sec-cities}": [_cities(made, CITIES), *_notes(made)],
        "Формы и утверждение {#sec-editions}": [
            campaigns,
            _in_one_order("editions", "Формы по городам и годам", RegionEditions, editions, FORMS),
        ],
    }
    of_all = {"Города {#sec-cities}": [_cities(made, [*CITIES[:3], *_by_year(made), CITIES[-1]]), campaigns]}
    parts = {
        **(of_office if made.internal else of_all),
        "План и факт {#sec-execution}": [
            table := _in_one_order("execution", "План и факт", RegionExecution, execution, EXECUTION),
            table and table_note(f"{OWN_PLANS} {NO_RANKS}"),
        ],
        "Замечания по правилам {#sec-findings}": _rules(made) if made.internal else [],
        "Данные {#sec-data}": ["\n".join(names)],
    }
    return "\n\n".join([escape(_beginning(made)), *_chapters(parts)])


def _beginning(made: Made) -> str:
    cities, count = made.tables["region_cities"], len(made.states)
    whole, shown = sum(not row["state_note"] for row in cities), sum(row["in_region"] for row in cities)
    if made.internal:
        return f"В порядке {whole} из {count} городов, в сводных таблицах {shown} из {count}. {NOT_MASKED}"
    printed = {row["city_id"] for row in made.of("region_editions", withheld_note="")}
    return f"Городов в регионе: {count}; числа хотя бы одного года здесь есть у {len(printed)} из них. {MASKED}"


def _campaign(made: Made, year: int) -> str:
    """Until when the numbers of a year may be corrected, and who has approved them."""
    rows, term = made.of("region_editions", calendar_year=year), made.region.term(year)
    agreed = [row["city_id"] for row in rows if row["approval"] == AGREED]
    until = f"исправления до {short_date(term)} включительно; " if term else ""
    waiting = [one.name for one in made.states if one.city.id not in agreed]
    left = f"; ещё нет: {', '.join(waiting)}" if waiting else ""
    return f"{year} год: {until}числа утвердили {len(agreed)} из {counted(len(made.states), 'город', GENITIVE)}{left}."


def _rules(made: Made) -> list[str]:
    table = plain_table("findings", "Где встретилось", RegionFindings, _by_rule(made), FINDINGS)
    return [table, table and table_note(COMMON_NOTE)]


def _chapters(parts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The chapters in which something stands."""
    for title, texts in parts.items():
        if any(texts):
            yield "\n\n".join([f"# {title}", *(text for text in texts if text)])


def _about(name: str) -> str:
    return " ".join((REGION_TABLES[name].__doc__ or "").split())


def _cities(made: Made, columns: Sequence[Col]) -> str:
    """The first table: how far each city has come; of the forms the last year of which any were asked."""
    editions = made.tables["region_editions"]
    asked = {row["city_id"]: row for row in editions if row["expected_form_count"] is not None}
    notes = {(row["city_id"], row["calendar_year"]): row["withheld_note"] or "есть" for row in editions}
    lacking = {one.city.id: NO_EDITION if one.good else NOT_BUILT for one in made.states}
    reports = {one.city.id: _report_link(made, one) for one in made.states}
    rows = [
        {
            **row,
            **{str(year): notes.get((row["city_id"], year)) or lacking[row["city_id"]] for year in made.years},
            "forms": _forms_words(asked.get(row["city_id"])),
            "report": reports[row["city_id"]],
        }
        for row in made.tables["region_cities"]
    ]
    return _in_one_order("cities", "Города", RegionCities, rows, columns)


def _by_year(made: Made) -> list[Col]:
    """A column a year: whether the numbers of a city are here, or why not."""
    return [Col(str(year), f"Числа {year} года", 18) for year in made.years]


def _notes(made: Made) -> list[str]:
    said = [
        f"{row['city_name']}: {ended(row['state_note'])}" for row in made.tables["region_cities"] if row["state_note"]
    ]
    return ["\n".join(f"- {escape(one)}" for one in said)]


def _forms_words(row: Row | None) -> str:
    if row is None:
        return NO_DATA
    numbers = "{received_form_count} из {expected_form_count}, в срок {timely_form_count}".format(**row)
    return f"{numbers} ({row['calendar_year']})"


def _city_link(row: Row) -> str:
    return Ready(f"[{escape(row['city_name'])}](city-{quote(row['city_id'])}.html)")


def _report_link(made: Made, state: CityState) -> str:
    """A link to the city's own report: where it is published, else where it lies on this disk."""
    if state.good.get("site_url"):
        return Ready(f"[на сайте]({state.good['site_url']})")
    page = made.region.folder(state.city) / "reports/_site/index.html"
    if not page.is_file():
        return NO_DATA
    try:
        way = Path(os.path.relpath(page, made.region.root / SOURCES[made.internal] / "_site")).as_posix()
    except ValueError:  # another disk of Windows
        return str(page)
    return Ready(f"[отчёт]({quote(way)})")


CITIES = [
    Col(None, "Город", 16, say=_city_link),
    Col("city_state", width=11),
    Col("good_date", width=11, say=lambda day: date_words(day, NO_DATA)),
    Col("forms", "Форм получено, год", 18),
    Col("blocking_count", width=9, align="r", say=lambda count: count_words(count, NO_DATA)),
    Col("open_count", width=9, align="r", say=lambda count: count_words(count, NO_DATA)),
    Col("rules_note", width=18, say=lambda note: note or NO_DATA),
    Col("report", "Отчёт города", 9, say=lambda link: link),
]
FORMS = [
    Col(None, "Город", 20, say=_city_link),
    Col("calendar_year", width=6),
    *(
        Col(name, width=9, align="r", say=lambda count: count_words(count, NO_DATA))
        for name in ("expected_form_count", "received_form_count", "timely_form_count")
    ),
    Col("numbers_hash", width=18, say=lambda code: code or NO_DATA),
    Col("correction_date", width=10, say=lambda day: date_words(day, NO_DATA)),
    Col("approval", width=18),
    Col("withheld_note", width=18, say=lambda note: note or NO_DATA),
]
STATES = [FORMS[1], *FORMS[-3:]]
EXECUTION = [
    Col(None, "Город", 18, say=_city_link),
    Col("calendar_year", width=6),
    *(
        Col(f"{step}_measure_count", width=8, align="r")
        for step in ("planned", "reported", "documented", "accepted", "completed")
    ),
]
FINDINGS = [
    Col("rule_title", width=22),
    Col("severity", width=10),
    Col("cities", "Городов", 9),
    Col("finding_count", width=8, align="r"),
    Col("city_names", width=40),
    Col("look", "Что это значит", 14),
]


def _by_rule(made: Made) -> list[Row]:
    count = len([one for one in made.states if findings_of(one) is not None])
    return [
        {
            **row,
            "cities": f"{row['city_count']} из {count}",
            "look": "не в форме ли дело?" if COMMON_FAULT <= row["city_count"] > count / 2 else NO_DATA,
        }
        for row in made.tables["region_findings"]
    ]


def _of_year(made: Made, year: int) -> str:
    """The indicators of a year: a table a sitting, every city in it, in the one order.

    The public is told once which cities have no numbers of the year.
    """
    absent = {} if made.internal else made.absent(year)
    cities = [one for one in made.states if one.city.id not in absent]
    parts: dict[str, list[str]] = {}
    for one in made.indicators:
        groups: dict[str, dict[str, Row]] = {}
        for row in made.of("region_indicators", indicator_id=one.id, calendar_year=year):
            groups.setdefault(_about_what(row), {})[row["city_id"]] = row
        title = f"{escape(one.name)} {{#sec-{one.id.replace('_', '-')}}}"
        parts[title] = [_side_by_side(made, cities, one, number, *group) for number, group in enumerate(groups.items())]
    parts = {title: tables for title, tables in parts.items() if tables}
    masked = POOLED_NOTE if made.internal else MASKED
    nothing = f"{'Показателей' if made.internal else 'Открытых показателей'} за {year} год нет."
    notes = f"{NO_RANKS} {BESIDE} {masked}" if parts else nothing
    names = {one.city.id: one.name for one in made.states}
    without = "\n".join(f"- {escape(f'{names[city]}: {why}')}" for city, why in absent.items())
    begin = [f"{made.begin}{notes}", _campaign(made, year), "Чисел этого года здесь нет:" if absent else ""]
    return "\n\n".join([*map(escape, filter(None, begin)), *([without] if absent else []), *_chapters(parts)])


def _about_what(row: Row) -> str:
    """What a row of indicators is about beside the indicator, the city and the year."""
    grade = f"программа {row['programme_grade']} класса" if row["programme_grade"] else ""
    words = (row["procedure"], row["subject"], grade, row["wave"], row["aspect"])
    return ", ".join(str(one) for one in words if one and not pd.isna(one)) or "в целом"


def _side_by_side(
    made: Made, cities: Sequence[CityState], indicator: Indicator, number: int, about: str, there: Mapping[str, Row]
) -> str:
    rows = [there.get(one.city.id) or _absent(made, one) for one in cities]
    label = f"{indicator.id}-{number}".replace("_", "-")
    columns = [Col(None, "Город", 18, say=_city_link), *_numbers(made, indicator)]
    return _in_one_order(label, f"{indicator.name}: {about}", RegionIndicators, rows, columns)


def _absent(made: Made, state: CityState) -> Row:
    """The row of a city that has none."""
    why = (state.left_out or NO_NUMBERS) if made.internal else NOT_PRINTED
    why = why if state.good else NOT_BUILT
    return {**dict.fromkeys(titles_of(RegionIndicators)), **state.about, "comparison_note": why}


def _numbers(made: Made, indicator: Indicator, *, beside: bool = True) -> list[Col]:
    """The columns of a value with what it is made of and its interval, alone and beside the other cities."""
    of_region = Col(None, "Регион", 9, "r", lambda row: value_words(row, indicator, "region_value"))
    pooled = [
        Col(None, "С учётом всех", 9, "r", lambda row: value_words(row, indicator, "pooled_value")),
        Col(None, "Его интервал", 11, "r", lambda row: interval_words(row, indicator, "pooled") or NO_DATA),
    ]
    return [
        Col(None, "Значение", 9, "r", lambda row: value_words(row, indicator)),
        Col(None, "Интервал 95 %", 11, "r", lambda row: interval_words(row, indicator) or NO_DATA),
        Col(None, "Из скольких", 12, "r", out_of),
        *(pooled if made.internal else []),
        *([of_region] if beside else []),
        Col("comparison_note", width=22, say=lambda note: note or NO_DATA),
    ]


def _of_city(made: Made, state: CityState) -> str:
    """What a city sees before the region's report goes out: its states, its codes to approve, its row by the region."""
    (row,) = made.of("region_cities", city_id=state.city.id)
    editions = made.of("region_editions", city_id=state.city.id)
    good = f" (состояние на {long_date(row['good_date'])})" if state.good else ""
    link = _report_link(made, state)
    rules = f" Правила: {row['rules_note'] or NO_DATA}." if made.internal else ""
    begin = escape(f"{made.begin}Состояние: {row['city_state']}{good}.{rules}")
    columns = filled(FORMS[1:] if made.internal else STATES, editions)
    note = row["state_note"] if made.internal else ""
    execution = made.of("region_execution", city_id=state.city.id)
    parts = {
        "Состояние {#sec-state}": [
            begin if link == NO_DATA else f"{begin} Отчёт города: {escape(link)}.",
            escape(ended(note[:1].upper() + note[1:])) if note else "",
            plain_table("editions", "Сведения по годам", RegionEditions, editions, columns),
            *(_to_approve(state, editions) if made.internal else []),
        ],
        "План и факт {#sec-execution}": [
            plain_table("execution", "План и факт", RegionExecution, execution, EXECUTION[1:])
        ],
        "Замечания {#sec-findings}": [plain_table("findings", "Что найдено", None, _found(made, state), FOUND)],
        "Показатели {#sec-indicators}": [*_own_numbers(made, state), _few(made, state)],
    }
    return "\n\n".join(_chapters(parts))


def _few(made: Made, state: CityState) -> str:
    return "" if made.internal or not state.good or not is_small(state) else escape(f"{FEW_SCHOOLS}.".capitalize())


def _to_approve(state: CityState, editions: Sequence[Row]) -> Iterator[str]:
    """Until when the city may correct, and the entries of region.toml that wait for a name and a day."""
    waiting = [row for row in editions if row["numbers_hash"] and row["approval"] != AGREED]
    until = {row["calendar_year"]: date_words(row["correction_date"], "") for row in waiting}
    terms = [f"{year} года — до {day}" for year, day in until.items() if day]
    if terms:
        yield escape(f"Исправить числа можно: {', '.join(terms)} включительно. Исправленные числа получат другой код.")
    if waiting:
        yield escape(f"Чтобы утвердить числа года, город сообщает код, а регион вписывает в {REGION_FILE}:")
        entries = (
            f'[[approval]]\ncity = "{state.city.id}"\nedition = {row["calendar_year"]}\n'
            f'hash = "{row["numbers_hash"]}"\nwho = "…"\ndate = …'
            for row in waiting
        )
        yield "```\n" + "\n\n".join(entries) + "\n```"


FOUND = [
    Col("severity", "Вес", 12),
    Col("rule", "Замечание", 24),
    Col("words", "Пояснение", 56),
    Col("count", "Мест", 8, "r"),
]


def _found(made: Made, state: CityState) -> list[Row]:
    """What was found in a city, what stops it first."""
    order = [str(one) for one in Severity]
    found = sorted((made.internal and findings_of(state)) or (), key=lambda one: order.index(one.severity))
    return [
        {"severity": one.severity, "rule": RULE_TITLES[one.rule], "words": one.words, "count": str(one.places)}
        for one in found
    ]


def _own_numbers(made: Made, state: CityState) -> Iterator[str]:
    """The numbers of a city in its last year, for the office also in those that it is to approve; beside that of the
    region for the office alone, so that a public page changes with its own city."""
    years = {row["calendar_year"] for row in made.of("region_indicators", city_id=state.city.id)}
    asked = {row["calendar_year"] for row in made.of("region_editions", city_id=state.city.id, approval=NOT_AGREED)}
    shown = sorted({*sorted(years)[-1:], *(years & asked if made.internal else ())}, reverse=True)
    if made.internal and shown:
        yield table_note(POOLED_NOTE)
    for year, one in product(shown, made.indicators):
        rows = made.of("region_indicators", city_id=state.city.id, calendar_year=year, indicator_id=one.id)
        columns = filled([Col(None, "О чём", 26, say=_about_what), *_numbers(made, one, beside=made.internal)], rows)
        label = f"{one.id}-{year}".replace("_", "-")
        yield plain_table(label, f"{one.name}, {year} год", RegionIndicators, rows, columns)
