"""Every sentence of the list, by its id: printed with exactly these words, and not printed of the nearest data."""

from dataclasses import replace
from typing import NamedTuple

import pytest

from analysis.presentation.conclusions.listing import SENTENCES, conclusions
from analysis.presentation.conclusions.sentence import CONCLUSION, FACT, OFFICE, PUBLIC, SCHOOL, Case, Evidence, Said
from analysis.rules.documents import KINDS, PLACES, REPORT
from analysis.rules.methods import SAME_PROCEDURE
from analysis.rules.written import DEFAULT_RULE
from hand_made import RULE, case, contest, effect, hit, low, measure, selected, share, threshold, topic

OUTER, INNER = "выше предела 99,8 %", "выше предела 95 %"
BREAK = "разрыв сопоставимости: 2020 год — осень; 2021 год — весна"
TOPICS = ("Урок", "Чтение", "Оценивание", "Цифра")
NO_CHANGE = {"change": None, "earlier_year": None}
NOT_FORESEEN = {
    "comparable_count": None,
    "better": None,
    "worse": None,
    "flags": "разрыв сопоставимости: с прежними годами не сравнить",
}


class Example(NamedTuple):
    """Evidence that carries a sentence, its words, the number of rows they rest on, and the nearest that does not."""

    given: Case
    said: list[str]
    rests_on: int
    not_given: Case


def indicators(*rows, **more):
    return case(school_indicators=rows, **more)


def school(*rows):
    return case("edu1", school_indicators=rows)


def rules(*rows):
    return case(selection=rows)


def ruled(rule, *rows, **more):
    of = case(selection=rows, **more)
    return of._replace(evidence=_by(of.edition, rule))


def _by(edition, rule):
    return Evidence(replace(edition, methods=replace(edition.methods, rules=(rule,))))


def repeated(*hits):
    """Listed by a rule that asks for the same procedure two years in a row."""
    rule = replace(RULE, repetition=SAME_PROCEDURE)
    return ruled(rule, selected(listed="в списке", repeated_low_count=1), selection_hits=hits)


def topics(*tops):
    return case(training_needs=[topic(name, top) for name, top in zip(TOPICS, tops, strict=False)])


def gap(schools):
    reason = "недостаточно данных: никто не вернул этих сведений"
    row = {"indicator_id": "fail_share", "school_count": schools, "missing_school_count": 3, "reason": reason}
    return case(indicator_gaps=[row])


def deficit(name, k, interval):
    low, high = interval
    return share("deficit_share", k, 20, aspect=name, interval_low=low, interval_high=high)


SEVENTH = {"programme_grade": 7, "sitting_grade": 7}
EXAMPLES = {
    "итог-против-города": Example(
        indicators(
            low(against_city=OUTER), low(against_city=INNER), low(**SEVENTH),
            low(**SEVENTH, school_login="edu2"), low(against_city=OUTER, school_login="edu3"),
        ),
        [
            "Почти наверняка хуже городского 1 из 4 результатов поддерживаемых школ; сильнее всего — Школа 1, ВПР, "
            "математика, 6 класс: 6 из 20 при 10 % в городе."
        ],
        4,
        indicators(low(against_city=None)),
    ),
    "итог-поддержка": Example(
        case(school_effects=[effect(better=0.8), effect("edu2", **NOT_FORESEEN), effect("edu3", 0.99)]),
        [
            "Против ожидаемого без поддержки (сравнений — 1) лучше — 1, хуже — 0, не сравнить — 1; само собой лучше "
            "бывает у одной школы из пяти."
        ],
        2,
        case(school_effects=[effect("edu3", 0.99)]),
    ),
    "итог-отбор": Example(
        rules(selected(listed="в списке"), selected("edu2"), selected("edu3", "нельзя сказать")),
        [
            "По правилу отбора в список попадает Школа 1 (по истинным долям — вероятно); о 1 школе сказать нельзя."
        ],
        3,
        rules(),
    ),
    "школа-в-целом": Example(
        case("edu1", school_effects=[effect(), effect("edu3", 0.99)]),
        ["Школа 1: по всем результатам вместе доля «2» — 22 % при 20 % в городе, больше — сказать нельзя."],
        1,
        case("edu1", school_effects=[effect(pooled_value=None), effect("edu3")]),
    ),
    "школа-в-городе": Example(
        school(low(against_city=INNER), low(against_city=OUTER, school_login="edu2")),
        ["Школа 1: ни об одном из 1 результата нельзя сказать, что он почти наверняка хуже городского."],
        1,
        school(low(against_city=None), low(against_city=OUTER, school_login="edu2")),
    ),
    "нет-данных": Example(
        gap(0), ["Недостаточно данных: никто не вернул этих сведений — «Доля «2»»."], 1, gap(1)
    ),
    "вне-предела": Example(
        indicators(low(12, city_value=0.114, against_city=OUTER)),
        [
            "Школа 1, ВПР (весна): доля «2» отличается от города сильнее, чем объясняет случай: Математика, 6 класс — "
            "12 из 20, 60 % против 11 %, выше предела 99,8 %."
        ],
        1,
        indicators(low(12, against_city=INNER)),
    ),
    "присмотреться": Example(
        indicators(low(city_value=0.114, against_city=INNER), low(**SEVENTH)),
        [
            "Школа 1, ВПР (весна): доля «2» за пределом 95 % вокруг города: Математика, 6 класс — 6 из 20, 30 % "
            "против 11 %, выше предела 95 %. Это повод посмотреть, не вывод: из 2 сравнений за этот предел и по "
            "одному случаю выходит в среднем 0,1."
        ],
        1,
        indicators(low(against_city=OUTER), low(**SEVENTH)),
    ),
    "как-в-городе": Example(
        indicators(low(against_city=INNER), low(**SEVENTH)),
        ["Школа 1, ВПР (весна): доля «2» — различие с городом неотличимо от случайного в 1 из 2 сравнений."],
        1,
        indicators(low(against_city=INNER)),
    ),
    "выше-порога": Example(
        indicators(low(12, threshold_probability=0.95)),
        [
            f"Школа 1, ВПР (весна): истинная доля почти наверняка не ниже порога 30 % ({DEFAULT_RULE}): Математика, 6 "
            "класс — 12 из 20, вероятность 95 %."
        ],
        1,
        indicators(low(12, threshold_probability=0.94)),
    ),
    "порог-под-вопросом": Example(
        indicators(low(6, threshold_probability=0.94)),
        [
            f"Школа 1, ВПР (весна): доля достигла порога 30 % ({DEFAULT_RULE}), но не ниже ли его истинная доля, "
            "сказать нельзя: Математика, 6 класс — 6 из 20, вероятность 94 %."
        ],
        1,
        indicators(low(5, threshold_probability=0.94)),
    ),
    "мало-участников": Example(
        indicators(low(3, 9)),
        [
            "Школа 1, ВПР (весна): недостаточно данных о пороге, мало участников: Математика, 6 класс — 3 из 9, "
            "33 %."
        ],
        1,
        indicators(low(3, 10)),
    ),
    "вакансии": Example(
        indicators(share("vacancy_share", 1.5, 30)),
        ["Школа 1: вакантно 1,5 из 30 ставок (5 %, в городе 4 %)."],
        1,
        indicators(share("vacancy_share", 1.5, 30, school_login="edu3")),
    ),
    "нужнее-всего": Example(
        topics(0.95, 0.94, 0.99, 0.1),
        ["Среди трёх самых нужных тем обучения почти наверняка: «Урок» и «Оценивание»."],
        2,
        topics(0.94, 0.94, 0.94, 0.1),
    ),
    "порядок-тем": Example(
        case(training_needs=[topic("Урок", places=(1, 2)), topic("Чтение", places=(2, 4))]),
        ["Какая из тем нужнее, «Урок» или «Чтение», сказать нельзя: их места 1–2 и 2–4."],
        2,
        case(training_needs=[topic("Урок", places=(1, 1)), topic("Чтение", places=(2, 4))]),
    ),
    "свои-меры": Example(
        indicators(share("own_measures_done_share", 3, 5, flags="нижняя граница: о части нет сведений")),
        ["Школа 1: собственных мер выполнено 3 из 5; это нижняя граница: о части мер сведений нет."],
        1,
        indicators(share("own_measures_done_share", 3, 5, value=None)),
    ),
    "разрыв": Example(
        indicators(low(**NO_CHANGE, change_note=BREAK)),
        [
            "ВПР: с прежним годом не сравнить, сопоставимость прервана (2020 год — осень; 2021 год — весна)."
        ],
        1,
        indicators(low(**NO_CHANGE, change_note="нет данных за прежний год")),
    ),
    "поддержка": Example(
        case(school_effects=[effect(better=0.8), effect("edu2", worse=0.96), effect("edu3", 0.99)]),
        [
            "Школа 1, доля «2»: лучше, чем ожидалось без поддержки (23 %, а ждали 30 %, от 10 до 45 %); такой или "
            "больший рост бывает и сам собой у одной из пяти школ.",
            "Школа 2, доля «2»: хуже, чем ожидалось без поддержки (23 %, а ждали 30 %, от 10 до 45 %); такое или "
            "большее ухудшение бывает и само собой у одной из двадцати школ.",
        ],
        2,
        case(school_effects=[effect("edu3", 0.99)]),
    ),
    "список": Example(
        rules(selected(listed="в списке"), selected("edu3", "в списке"), selected("edu2")),
        ["«Правило» (не подтверждено): в списке 2 школы: Школа 1 и Школа 3."],
        2,
        rules(),
    ),
    "ответ-не-ясен": Example(
        rules(selected(listed="нельзя сказать", reason="не хватает 2 результатов"), selected("edu2", "в списке")),
        ["«Правило»: недостаточно данных, попадает ли школа в список: Школа 1 — не хватает 2 результатов."],
        1,
        rules(selected(listed="в списке"), selected("edu2", reason="не хватает 2 результатов")),
    ),
    "другой-порог": Example(
        case(selection_thresholds=[threshold(0.25, "edu1, edu3"), threshold(0.3), threshold(0.35, "", "edu2")]),
        ["«Правило»: список зависит от порога: при 25 % вошли бы: Школа 1, Школа 3; при 35 % выпали бы: Школа 2."],
        2,
        case(selection_thresholds=[threshold(0.25), threshold(0.3)]),
    ),
    "выход": Example(
        rules(
            selected(leaving="выходит", leaving_note="неотличимо от случайного", still_low_probability=0.31),
            selected("edu2", leaving="выходит", leaving_note="отличимо от случайного"),
        ),
        [
            "«Правило»: Школа 1 выходит из списка: неотличимо от случайного, вероятность, что на деле всё ещё "
            "низкие, — 31 %.",
            "«Правило»: Школа 2 выходит из списка: отличимо от случайного.",
        ],
        2,
        rules(selected(leaving="остаётся"), selected("edu2", leaving="нельзя сказать")),
    ),
    "повторение-и-разрыв": Example(
        repeated(hit(2020, "осень"), hit(2021, "весна")),
        [
            "«Правило» (не подтверждено): из процедур, низких два года подряд, через разрыв сопоставимости: Школа 1 — "
            "1 из 1. Считать годы правило велит, а сравнивать их нельзя (ВПР: 2020 год — осень, программа предыдущего "
            "класса; 2021 год — весна, программа своего класса)."
        ],
        1,
        repeated(hit(2020, "основная", procedure="ЕГЭ"), hit(2021, "основная", procedure="ЕГЭ")),
    ),
    "школа-выше-порога": Example(
        school(low(threshold_probability=0.95)),
        [
            f"Доля не справившихся почти наверняка не меньше порога 30 % ({DEFAULT_RULE}): "
            "ВПР, математика за 6 класс, весна — 6 из 20 (30 %)."
        ],
        1,
        school(low(threshold_probability=0.949)),
    ),
    "школа-и-порог": Example(
        school(low(threshold_probability=0.05), low(threshold_probability=0.4, **SEVENTH)),
        [
            f"Из 2 результатов доля не справившихся почти наверняка меньше порога 30 % ({DEFAULT_RULE}) в 1; в 1 "
            "отличить её от порога нельзя: ВПР, математика за 7 класс, весна."
        ],
        2,
        school(low(threshold_probability=None)),
    ),
    "школа-и-город": Example(
        school(low(against_city=INNER), low(**SEVENTH)),
        [
            "Доля не справившихся выше предела случайных колебаний вокруг города: ВПР, математика за 6 класс, весна — "
            "6 из 20 (30 %) при 10 % в городе (за пределом 95 %).",
            "Сравнений с городом — 2; случайно за предел вышло бы в среднем 0,05.",
        ],
        3,
        school(low(against_city=None, flags="мало участников: меньше 10")),
    ),
    "школа-поддержка": Example(
        case("edu1", school_effects=[effect(better=0.79), effect("edu2", 0.99)]),
        [
            "Доля «2»: так, как ожидалось и без поддержки (23 %, а ждали 30 %, от 10 до 45 %); сказать, помогла ли "
            "она, нельзя. Заметили бы улучшение больше 10 п. п."
        ],
        1,
        case("edu1", school_effects=[effect("edu2", 0.99)]),
    ),
    "школа-разрыв": Example(
        school(low(**NO_CHANGE, change_note=BREAK)),
        [
            "С прежним годом нельзя сравнить 1 результат (разрыв сопоставимости): "
            "2020 год — осень; 2021 год — весна."
        ],
        1,
        school(low(**NO_CHANGE, change_note="нет данных за прежний год")),
    ),
    "школа-мало-участников": Example(
        school(low(1, 1, flags="мало участников: меньше 10")),
        ["Мало участников, по этим долям выводов не делают: ВПР, математика за 6 класс, весна."],
        1,
        school(low(5, 10)),
    ),
    "школа-и-журнал": Example(
        school(low(indicator_id="journal_lower_share", against_city=INNER)),
        [
            "Доля отметок ВПР ниже журнальной выше предела случайных колебаний вокруг города: "
            "ВПР, математика за 6 класс, весна — 6 из 20 (30 %)."
        ],
        1,
        school(low(indicator_id="journal_lower_share", against_city=INNER, flags="мало участников: меньше 10")),
    ),
    "школа-дефицит": Example(
        school(deficit("Урок", 2, (0.02, 0.2)), deficit("Чтение", 15, (0.5, 0.9))),
        ["Чаще всего дефицит найден по компетенции «Чтение» — 15 из 20 (75 %)."],
        2,
        school(deficit("Урок", 2, (None, None))),
    ),
    "школа-нет-данных": Example(
        school(low(), share("single_parent_share", 3, 20), share("vacancy_share", 1, 20)),
        ["Недостаточно данных, школа этого не сообщила: дефициты педагогов, самооценка, конкурсы."],
        0,
        school(
            low(), share("single_parent_share", 3, 20), share("vacancy_share", 1, 20),
            deficit("Урок", 2, (0.02, 0.2)), share("self_assessment_score", 4, 1), share("contest_count", 0, 1),
        ),
    ),
    "правило-и-поддержка": Example(
        rules(selected(listed="в списке"), selected("edu2"), selected("edu3")),
        [
            "Получают поддержку, но по правилу «Правило» (не подтверждено) за 2021 год в список не попадают: Школа 2. "
            "Социальных условий (ШНСУ) правила отбора не учитывают."
        ],
        1,
        rules(selected(listed="в списке"), selected("edu2", "в списке"), selected("edu3")),
    ),
    "исполнение": Example(
        case(plan_fact=[measure("1.1"), measure("1.2", "не выполнено", 2), measure("1.3", target=0)]),
        ["Выполнено 1 из 2 запланированных показателей."],
        2,
        case(plan_fact=[measure("1.3", target=0), measure("1.4", target=None)]),
    ),
    "исполнение-не-ясно": Example(
        case(plan_fact=[measure("1.1"), measure("1.2", "нет сведений"), measure("4.1/2", "нет сведений")]),
        ["По показателям 1.2, 4.1/2 сведений нет: сказать, выполнены ли они, нельзя."],
        2,
        case(plan_fact=[measure("1.1"), measure("1.2", "нет сведений", target=0)]),
    ),
    "исполнение-без-документов": Example(
        case(plan_fact=[measure("1.1"), *(measure(code, "сообщено, документов нет") for code in ("1.2", "4.1/2"))]),
        ["По показателям 1.2, 4.1/2 сообщено всё запланированное, но не назван ни один документ."],
        2,
        case(plan_fact=[measure("1.1"), measure("1.2", "не выполнено")]),
    ),
    "школы-выше-порога": Example(
        indicators(low(threshold_probability=0.95), low(threshold_probability=0.99, school_login="edu3")),
        ["Хотя бы по одной процедуре доля «2» почти наверняка не меньше порога: Школа 1; подробно — в справках."],
        1,
        indicators(low(threshold_probability=0.949), low(threshold_probability=0.99, school_login="edu3")),
    ),
    "темы-все-нужны": Example(
        topics(0.99, 0.5, 0.5),
        ["Тем не больше трёх (3): все они нужны, порядок между ними показан в таблице."],
        3,
        topics(0.99, 0.5, 0.5, 0.5),
    ),
    "темы-не-ясны": Example(
        topics(0.95, 0.949, 0.5, 0.05),
        ["О 2 темах сказать, входят ли они в первые три, нельзя: «Чтение», «Оценивание»."],
        2,
        topics(0.95, 0.95, 0.95, 0.05),
    ),
    "конкурсы-без-участия": Example(
        case(contests=[contest(who="обучающиеся"), contest("edu2")]),
        ["В муниципальных конкурсах педагогов не участвовали поддерживаемые школы: Школа 1."],
        1,
        case(contests=[contest(), contest("edu3", who="обучающиеся")]),
    ),
    "конкурсы-все": Example(
        case(contests=[contest(), contest("edu2"), contest("edu3")]),
        ["В муниципальных конкурсах педагогов участвовали все поддерживаемые школы."],
        2,
        case(contests=[contest(), contest("edu3")]),
    ),
    "конкурсы-нет-данных": Example(
        case(contests=[contest("edu2")]),
        ["Недостаточно данных, о конкурсах не сообщили: Школа 1."],
        0,
        case(contests=[contest(), contest("edu2")]),
    ),
    "конкурсы-победы": Example(
        case(contests=[contest(winners=1), contest(winners=2, line=2), contest("edu3", winners=9)]),
        ["Победителей и призёров среди педагогов на муниципальном уровне: Школа 1 — 3."],
        2,
        case(contests=[contest(level="региональный"), contest("edu3", winners=9)]),
    ),
}  # fmt: skip


def _said(of, name):
    (sentence,) = (one for one in SENTENCES if one.id == name)
    return [Said(sentence, told) for told in sentence.tell(of)]


def _texts(said):
    return [one.text.replace("\N{NO-BREAK SPACE}", " ") for one in said]


def test_every_sentence_of_the_list_has_an_example():
    assert set(EXAMPLES) == {one.id for one in SENTENCES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_sentence_is_printed_where_its_rows_carry_it(name):
    example = EXAMPLES[name]
    said = _said(example.given, name)
    assert _texts(said) == example.said
    assert sum(len(one.rests_on) for one in said) == example.rests_on


@pytest.mark.parametrize("name", EXAMPLES)
def test_and_nowhere_else(name):
    assert _texts(_said(EXAMPLES[name].not_given, name)) == []


def test_what_is_for_the_office_is_in_no_public_edition():
    of = case(
        school_indicators=[
            low(against_city=INNER),
            low(**SEVENTH),
            low(threshold_probability=0.96),
        ],
        school_effects=[effect()],
        training_needs=[topic("Урок", 0.99), *map(topic, ("Чтение", "Цифра", "Оценивание"))],
        selection=[selected(listed="нельзя сказать", leaving="выходит"), selected("edu2", "в списке")],
        selection_hits=[hit(2020, "осень"), hit()],
        selection_thresholds=[threshold(0.25, "edu3")],
    )
    of = of._replace(evidence=_by(of.edition, replace(RULE, repetition=SAME_PROCEDURE)))
    tables = {**of.edition.tables, "public_school_indicators": of.edition.indicators}
    tables["public_pupil_groups"] = tables["mark_results"]
    public = of._replace(evidence=Evidence(replace(of.edition, tables=tables, internal=False)))
    office = {one.id for one in SENTENCES if one.audience == OFFICE and REPORT in one.places} - {"темы-все-нужны"}
    told = [*conclusions(of, REPORT), *conclusions(of._replace(school="edu1"), REPORT, SCHOOL)]
    said = {one.sentence.id for one in told}
    assert said >= office
    assert {one.sentence.id for one in conclusions(public, REPORT)} == {"как-в-городе"}


def test_each_entry_says_where_for_whom_and_when():
    assert len({one.id for one in SENTENCES}) == len(SENTENCES)
    assert {place for one in SENTENCES for place in one.places} == set(PLACES) == {REPORT, *KINDS}
    for one in SENTENCES:
        assert one.condition
        assert (one.kind in (FACT, CONCLUSION), one.audience in (PUBLIC, OFFICE)) == (True, True)
        assert one.section or REPORT not in one.places


# Other words of the same sentences.
@pytest.mark.parametrize(
    ("of", "name", "said"),
    [
        (
            case("edu1", school_effects=[effect(**NOT_FORESEEN)]),
            "школа-поддержка",
            "Доля «2»: стало ли лучше, сказать нельзя: с прежними годами не сравнить.",
        ),
        (
            case("edu1", school_effects=[effect(noticeable_change=None)]),
            "школа-поддержка",
            "Доля «2»: так, как ожидалось и без поддержки (23 %, а ждали 30 %, от 10 до 45 %); сказать, помогла ли "
            "она, нельзя. Улучшения при таком числе участников не заметили бы никакого.",
        ),
        (
            case("edu3", school_effects=[effect("edu3", 0.95)]),
            "школа-поддержка",
            "Доля «2»: лучше, чем ожидалось (23 %, а ждали 30 %, от 10 до 45 %); такой или больший рост бывает и сам "
            "собой у одной из двадцати школ. Заметили бы улучшение больше 10 п. п.",
        ),
        (rules(selected()), "список", "«Правило» (не подтверждено): в списке ни одной школы."),
        (
            school(low()),
            "школа-и-город",
            "Ни по одному результату доля не справившихся не вышла выше предела случайных колебаний вокруг города. "
            "Сравнений с городом — 1; случайно за предел вышло бы в среднем 0,02.",
        ),
        (
            school(low(against_city=None)),
            "школа-и-город",
            "С городом результаты не сравнены: о других школах сведений нет.",
        ),
        (
            school(low(indicator_id="journal_lower_share")),
            "школа-и-журнал",
            "Ни по одной ВПР доля отметок ниже журнальной не вышла выше предела случайных колебаний вокруг города.",
        ),
        (
            school(deficit("Урок", 9, (0.25, 0.66)), deficit("Чтение", 10, (0.3, 0.7))),
            "школа-дефицит",
            "Чаще всего дефицит найден по компетенции «Чтение» — 10 из 20 (50 %); разница с другими может "
            "быть случайной.",
        ),
        (
            case(plan_fact=[measure("1.1", "нет сведений"), measure("4.9", "нет сведений")]),
            "исполнение-не-ясно",
            "Ни по одному показателю с планом (1.1, 4.9) сведений нет: сказать, выполнены ли они, нельзя.",
        ),
        (
            school(low(threshold_probability=0.5)),
            "школа-и-порог",
            f"Из 1 результата доля не справившихся почти наверняка меньше порога 30 % ({DEFAULT_RULE}) ни в одном; в 1 "
            "отличить её от порога нельзя: ВПР, математика за 6 класс, весна.",
        ),
        (
            school(low(threshold_probability=0.9496), low(threshold_probability=0.05002, **SEVENTH)),
            "школа-и-порог",
            f"Из 2 результатов доля не справившихся почти наверняка меньше порога 30 % ({DEFAULT_RULE}) ни в одном; "
            "в 2 отличить её от порога нельзя: ВПР, математика за 6 класс, весна; "
            "ВПР, математика за 7 класс, весна.",
        ),
        (
            topics(0.99, 0.5, 0.01, 0.01),
            "темы-не-ясны",
            "О 1 теме сказать, входит ли она в первые три, нельзя: «Чтение».",
        ),
        (
            school(low(threshold_probability=1.0)),
            "школа-выше-порога",
            f"Доля не справившихся почти наверняка не меньше порога 30 % ({DEFAULT_RULE}): ВПР, математика за 6 класс, "
            "весна — 6 из 20 (30 %).",
        ),
        (
            school(low(threshold_probability=0.97, numerator=2.0, denominator=11.0, value=2 / 11, pooled_value=0.384)),
            "школа-выше-порога",
            f"Доля не справившихся почти наверняка не меньше порога 30 % ({DEFAULT_RULE}): ВПР, математика за 6 класс, "
            "весна — 2 из 11 (18 %), с учётом всех результатов 38 %.",
        ),
        (
            case(plan_fact=[measure("1.1"), measure("4.9", "нет сведений")]),
            "исполнение-не-ясно",
            "По показателю 4.9 сведений нет: сказать, выполнен ли он, нельзя.",
        ),
        (
            ruled(replace(RULE, threshold=0.0), selected(listed="нельзя сказать", reason="порог")),
            "ответ-не-ясен",
            "«Правило» не применено: порог 0 или 1 ничего не отделяет.",
        ),
        (
            indicators(share("own_measures_done_share", 3, 5)),
            "свои-меры",
            "Школа 1: собственных мер выполнено 3 из 5.",
        ),
    ],
)  # fmt: skip
def test_the_other_words_of_a_sentence(of, name, said):
    assert _texts(_said(of, name)) == [said]


def test_from_few_participants_nothing_else_is_concluded():
    row = low(1, 1, flags="мало участников: меньше 10", threshold_probability=0.95, against_city=OUTER)
    said = {one.sentence.id for one in conclusions(school(row), "school-note")}
    assert said == {"школа-мало-участников", "школа-нет-данных"}


@pytest.mark.parametrize(
    "row",
    [low(procedure="Журнал", wave="год", threshold_probability=0.99), low(value=None, threshold_probability=None)],
)
def test_marks_of_the_journal_are_no_exam_and_no_share_concludes_nothing(row):
    assert {one.sentence.id for one in conclusions(school(row), "school-note")} == {"школа-нет-данных"}


def test_a_confirmed_rule_is_not_called_unconfirmed():
    of = ruled(replace(RULE, confirmed=True), selected())
    assert _texts(_said(of, "список")) == ["«Правило»: в списке ни одной школы."]


def test_several_items_stand_on_lines_of_their_own_and_a_table_is_referred_to():
    (said,) = _said(
        school(low(threshold_probability=0.99), low(threshold_probability=0.96, **SEVENTH)), "школа-выше-порога"
    )
    assert said.markdown.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ") == (
        f"Доля не справившихся почти наверняка не меньше порога 30 % ({DEFAULT_RULE}):\n"
        "  - ВПР, математика за 6 класс, весна — 6 из 20 (30 %);\n"
        "  - ВПР, математика за 7 класс, весна — 6 из 20 (30 %)."
    )
    (said,) = _said(topics(0.99), "темы-все-нужны")
    assert said.markdown.endswith("показан в таблице (@tbl-training).")


UNSURE = selected(listed="нельзя сказать", reason="не хватает 2 результатов")


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (rules(UNSURE), "список"),
        (rules(UNSURE, selected("edu2", "нельзя сказать")), "правило-и-поддержка"),
        (case(plan_fact=[measure("1.1", "нет сведений")]), "исполнение"),
        (case(), "конкурсы-без-участия"),
    ],
)
def test_of_what_nothing_is_known_nobody_says_no(of, name):
    assert _texts(_said(of, name)) == []
