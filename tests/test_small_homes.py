"""What several rooms share: the size of a file in words, and text inside quotes."""

import tomllib

import pytest
import yaml

from analysis.files.storage import file_hash, file_size
from analysis.rules.config import quoted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "1 КБ"), (1500, "1 КБ"), (41_500, "41 КБ"), (1_048_000, "1023 КБ"), (1_400_000, "1,3 МБ")]
)
def test_the_size_of_a_file_is_said_in_words(tmp_path, number, said):
    (tmp_path / "file").write_bytes(b"x" * number)
    assert file_size(tmp_path / "file") == said


def test_a_file_that_is_not_there_has_no_hash(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    assert file_hash(tmp_path / "file").startswith("ba7816bf")
    assert file_hash(tmp_path / "other") == ""


@pytest.mark.parametrize(
    ("text", "read"), [('Школа «А» "№ 1" \\ x', 'Школа «А» "№ 1" \\ x'), ("а\nб\x7fв\u2028г", "а б в г")]
)
def test_quoted_text_is_read_back_by_toml_and_yaml(text, read):
    line = quoted(text)
    assert tomllib.loads(f"x = {line}") == yaml.safe_load(f"x: {line}") == {"x": read}
