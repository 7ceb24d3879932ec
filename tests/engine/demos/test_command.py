import pytest

from engine.demos import DEMOS
from engine.demos.__main__ import main


def test_the_list_names_every_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert all(slug in listed for slug in DEMOS)


def test_a_run_prints_facts_and_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["run", "gradient-depth", "--depth", "30", "--residual", "true", "--seed", "1"]) == 0
    )
    printed = capsys.readouterr().out
    assert "grad_ratio" in printed
    assert "29 steps down" in printed


def test_a_bad_setting_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "gradient-depth", "--depth", "500"]) == 2
    assert capsys.readouterr().err == "depth is a whole number from 2 to 60, not 500\n"
    assert main(["run", "gradient-depth", "--residual", "maybe"]) == 2
    assert capsys.readouterr().err == "residual is true or false, not 'maybe'\n"
