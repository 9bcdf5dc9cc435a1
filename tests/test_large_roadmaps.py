"""Ten times the rows take ten times as long, not a hundred times."""

from time import process_time

import pytest

from analysis.cleaning.names import watch_terms
from analysis.cleaning.roadmap import clean_roadmap
from analysis.intake.files import read_blocks
from analysis.intake.roadmap import lay_out
from analysis.rules.config import Slip, Terms, Variant
from roadmaps import FIRST, HEADER, HEADING, TASK, document
from word_documents import paragraph, plain_row, table, word_file

TERMS = Terms((), (Variant("школы", ("ПНОР", "ШНОР")),), (Slip("мастера", "мастерства"),))


def rows_of(count: int) -> list[tuple[str, ...]]:
    tasks = range(1, count // 50 + 1)
    return [
        row
        for task in tasks
        for row in [(f"{task}.", *TASK[1:]), *((f"{task}.{number}", *FIRST[1:]) for number in range(1, 50))]
    ]


def written(kind: str, count: int) -> bytes:
    if kind == "txt":
        return document(rows_of(count)).encode()
    return word_file(*map(paragraph, HEADING), table(plain_row(HEADER), *map(plain_row, rows_of(count))))


def seconds(kind: str, count: int) -> float:
    content, file = written(kind, count), f"roadmap.{kind}"
    start = process_time()
    text = lay_out(read_blocks(content, file)[0], file)
    clean = clean_roadmap(text.tables, (), 1000, file)
    cells = text.tables["cells"]
    watch_terms(list(zip(cells["place"].tolist(), cells["text"].tolist(), strict=True)), TERMS, file)
    assert len(clean.tables["measures"]) == count // 50 * 49
    return process_time() - start


@pytest.mark.parametrize("kind", ["txt", "docx"])
def test_time_grows_with_the_rows(kind):
    seconds(kind, 100)
    assert seconds(kind, 2000) < 9 * seconds(kind, 500)
