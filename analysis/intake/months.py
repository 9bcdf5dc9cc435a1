"""The names of the months, as a table names them and as a date does."""

NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
IN_DATES = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
# The number of a month by either name.
MONTHS = {name: number for names in (NAMES, IN_DATES) for number, name in enumerate(names, start=1)}
# In a regular expression: a month of a date.
MONTH_OF_DATE = "|".join(IN_DATES)
