"""The README says what is true: its commands, options, rooms and examples are there, and nothing is missing."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from embreport.cli import build, make_parser

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    build.add_arguments(parser)
    return parser


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {name for action in parser._actions for name in action.option_strings if name.startswith("--")} - {"--help"}


def test_the_first_two_fenced_blocks_are_the_two_commands() -> None:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)

    assert [block.strip() for block in blocks[:2]] == ["make report", "make test"]


def test_the_second_command_is_what_ci_runs() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_every_option_of_build_stands_in_the_readme_and_no_other() -> None:
    table = README.split("## Options of `build`")[1].split("\n## ")[0]

    assert set(re.findall(r"--[a-z][a-z-]+", table)) == options_of(build_parser())


def test_every_command_stands_in_the_readme() -> None:
    commands = re.search(r"\{(.*?)\}", make_parser().format_usage() + make_parser().format_help())
    names = ("build", "inspect", "extract", "demo")

    assert commands is None or set(commands[1].split(",")) <= set(names)
    for name in names:
        assert f"embreport {name}" in README


def test_every_option_has_a_help_text() -> None:
    for action in build_parser()._actions:
        assert action.help, action.option_strings


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_room_stands_in_the_readme() -> None:
    rooms = [path.parent.name for path in (ROOT / "embreport").glob("*/__init__.py")]

    for room in rooms:
        assert room == "cli" or f"[`embreport/{room}`]" in README
