"""A rule of selection in the report: a line for each thing it says."""

from dataclasses import replace

from analysis.presentation.effectiveness_tables import rule_lines
from analysis.rules.methods import NO_REPETITION, Procedure, RuleSet

RULE = RuleSet(
    id="a",
    name="Правило",
    source="Акт",
    confirmed=False,
    threshold=0.3,
    minimum_low_procedures=2,
    repetition=NO_REPETITION,
    minimum_participants=5,
    minimum_participants_confirmed=False,
    leave_low_count=1,
    leave_confirmed=True,
    alternative_thresholds=(),
    procedures=(
        Procedure("ВПР", "fail_share", ("Математика", "Физика"), (5, 6)),
        Procedure("ОГЭ", "fail_share", ("Математика",), (9,)),
    ),
)


def test_a_rule_is_told_line_by_line():
    assert [line.replace("\xa0", " ") for line in rule_lines(RULE)] == [
        "Процедура низкая, если доля не справившихся не меньше 30 %.",
        "В списке школа, у которой низких процедур не меньше 2, без повторения; выходит из списка, если низких не "
        "больше 1.",
        "Процедуры: ВПР: Математика, Физика, программа 5, 6 классов; ОГЭ: Математика, программа 9 класса; участников "
        "не меньше 5 (не подтверждено).",
        "Источник: Акт",
    ]


def test_a_school_leaves_when_nothing_low_is_left():
    assert rule_lines(replace(RULE, leave_low_count=0, leave_confirmed=False))[1].endswith(
        "если низких не осталось (не подтверждено)."
    )
