"""The PDF that the invented office adds to the materials of a meeting: what a pack holds that was not made here."""

from datetime import UTC, datetime

FILE = "data/packs/konsultatsii.pdf"
MADE_AT = datetime(2022, 12, 1, tzinfo=UTC)
TEXT = """
#set document(title: [График консультаций], author: "Сведения вымышлены")
#set page(paper: "a4", margin: 25mm, footer: align(center)[Сведения вымышлены])
#set text(lang: "ru", font: "Libertinus Serif", size: 12pt)
#align(center, text(size: 15pt, weight: "bold")[График консультаций для учителей математики])
#align(center)[{city}, {year} год. Сведения вымышлены.]
#v(1em)
#table(
  columns: (1fr, 2fr, 1fr), inset: 8pt,
  table.header[*День*][*Тема*][*Кабинет*],
  [14 января], [Разбор заданий ВПР за 6 класс], [12],
  [21 января], [Оценивание по критериям], [12],
  [28 января], [Задания с развёрнутым ответом], [7],
)
"""


def added_pdf(city: str, year: int) -> bytes:
    """A page of a timetable for a town and a year, the same bytes each time."""
    import typst

    text = TEXT.replace("{city}", city).replace("{year}", str(year))
    made = typst.compile(text.encode(), ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=MADE_AT)
    assert isinstance(made, bytes)
    return made
