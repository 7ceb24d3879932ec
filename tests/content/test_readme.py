"""The question that the README shows as a sample."""

import re
from pathlib import Path

from app.bank.service import check

README = Path(__file__).parents[2] / "README.md"
TOPICS = "topics:\n  - {slug: neurons, title: Neurons, description: One at a time.}\n"


def test_the_sample_question_of_the_readme_checks_without_an_error_or_a_warning(
    tmp_path: Path,
) -> None:
    (sample,) = re.findall(
        r"^```markdown\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE
    )
    (tmp_path / "topics.yaml").write_text(TOPICS)
    (tmp_path / "neurons").mkdir()
    (tmp_path / "neurons" / "sample.md").write_text(sample)
    report = check(tmp_path, workers=1)
    assert [str(problem) for problem in (*report.errors, *report.warnings)] == []
    assert report.questions == report.published == 1
