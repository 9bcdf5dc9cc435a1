"""Which measure a number in a form means. A number that can mean only one is read; any other is asked about."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.errors import nearest
from analysis.intake.cell_values import read_text
from analysis.intake.workbook_sheet import CellValue

NEAREST, LEAST_LIKENESS = 3, 0.5
CODE = r"(?:\d{1,3}|(?-i:[IVX]{1,7}))(?:[.,](?:\d{1,3}|[а-яa-z]\b))*"
# «№ 1.2», «п. 1,2.», «1.2 Семинары», «4.1 / 2»; behind the number only words, and none that goes on counting.
WRITTEN = re.compile(
    rf"(?:(?:№|п(?:\.|ункт)|показатель|мероприятие)\s*)*({CODE})(?:\s*/\s*(\d{{1,3}}))?\.?"
    r"(?:\s*[:–—-]?\s(?!(?:и|или|до)\b)[«\"“(]?[^\W\d_].*)?",
    re.IGNORECASE,
)
AS_TEXT = "впишите номер текстом (формат ячейки «Текстовый»)"


class LabelNotKnownError(Exception):
    """The label fits no measure or several. The message (in Russian) names the nearest ones."""


@dataclass(frozen=True)
class MeasureLabels:
    """The measures that a form may name.

    Attributes:
        measures: Activity code and measure number by label («4.1/2»), of the whole roadmap.
        listed: The labels that the form itself lists.
    """

    measures: Mapping[str, tuple[str, int]]
    listed: frozenset[str]

    def meant(self, value: CellValue) -> str:
        """Returns the label of the measure that a cell names.

        Raises:
            LabelNotKnownError: None is called so, or several may be.
        """
        shown = read_text(value)
        if isinstance(value, date):
            raise LabelNotKnownError(self._date_words(value))
        if isinstance(value, float | int) and not isinstance(value, bool):
            return self._of_number(value, shown)
        return shown if shown in self.measures else self._of_text(shown)

    def _of_number(self, number: float, shown: str) -> str:
        """A number cell drops zeros at its end, so 4.1 may be 4.10."""
        alike = [label for label in self.measures if _as_number(self._activity(label)) == number]
        # A measure that the form does not list is not meant, unless the cell shows exactly its number.
        found = [label for label in alike if label in self.listed or self._activity(label) == shown]
        if len(found) == 1:
            return found[0]
        activities = dict.fromkeys(map(self._activity, found))
        if len(activities) > 1:
            raise LabelNotKnownError(f"Число не различает {' и '.join(activities)}: {AS_TEXT}.")
        raise LabelNotKnownError(self._unknown(shown, shown))

    def _of_text(self, shown: str) -> str:
        written = WRITTEN.fullmatch(shown)
        if not written:
            raise LabelNotKnownError(self._unknown(shown, ""))
        activity, number = written[1].replace(",", "."), written[2]
        of_activity = {label: str(own) for label, (code, own) in self.measures.items() if code == activity}
        found = [label for label, own in of_activity.items() if number in (None, own)]
        if len(found) != 1:
            raise LabelNotKnownError(self._unknown(f"{activity}/{number}" if number else activity, activity))
        return found[0]

    def _unknown(self, shown: str, activity: str) -> str:
        of_activity = [label for label, (code, _) in self.measures.items() if code == activity]
        if of_activity:
            return f"У мероприятия {activity} показатели: {', '.join(of_activity)}. Впишите номер одного из них."
        near = nearest(shown, list(self.listed or self.measures), NEAREST, LEAST_LIKENESS)
        hint = f"Ближайшие: {', '.join(near)}." if near else "Номера стоят на листе «Исполнение»."
        return f"Показателя с таким номером в «дорожной карте» нет. {hint}"

    def _date_words(self, day: date) -> str:
        """In a cell that is not text, «1.2» becomes the first of February and «4.13» becomes April 2013."""
        writings = [f"{day.day}.{day.month}", f"{day.day}.{day.month:02}", f"{day.month}.{day.day}"]
        writings += [f"{day.month}.{day.year % 100:02}"] if day.day == 1 else []
        near = [label for label in self.measures if self._activity(label) in writings]
        hint = f" Похоже на {' или '.join(near)}:" if near else " Номера стоят на листе «Исполнение»:"
        return f"Вместо номера показателя в ячейке дата.{hint} {AS_TEXT}."

    def _activity(self, label: str) -> str:
        return self.measures[label][0]


def labels_of(measures: Mapping[str, tuple[str, int]], listed: Iterable[CellValue] = ()) -> MeasureLabels:
    """Returns the measures that a form may name.

    Args:
        measures: Activity code and measure number by label, of the whole roadmap.
        listed: What stands in the form's own list; without a known label in it every measure may be meant.
    """
    known = frozenset(one for one in listed if isinstance(one, str) and one in measures)
    return MeasureLabels(measures, known or frozenset(measures))


def _as_number(activity: str) -> float | None:
    return float(activity) if re.fullmatch(r"\d+(?:\.\d+)?", activity) else None
