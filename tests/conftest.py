"""What several tests share: the signed roadmap, read once."""

import pytest

from analysis.pipeline.check import Checked, check_project
from analysis.rules.config import load_project
from roadmaps import HOUSE


@pytest.fixture(scope="session")
def signed() -> Checked:
    """The project's own roadmap, read, cleaned and validated."""
    return check_project(load_project(HOUSE))
