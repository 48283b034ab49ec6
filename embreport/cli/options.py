"""The options of a build on the command line, made from the one definition in `embreport.options`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embreport.errors import UsageError
from embreport.options import TERMINAL_OPTIONS, BuildOptions, option_names, options_from_toml


def add_build_options(parser: argparse.ArgumentParser) -> None:
    """Add every option of `BuildOptions`, and `--config`."""
    add_options(parser, tuple(option_names()))
    parser.add_argument("--config", metavar="TOML", help="file of options, under the same names; those given here win")


def add_options(parser: argparse.ArgumentParser, names: tuple[str, ...]) -> None:
    """Add some of the options of `BuildOptions`, left unset where they are not typed."""
    for name in names:
        field = option_names()[name]
        told: dict[str, Any] = {"dest": field.name, "default": argparse.SUPPRESS, "help": _help(field)}
        if field.type == "bool":
            parser.add_argument(f"--{name}", action="store_true", **told)
            continue
        told |= {"metavar": field.metadata["metavar"], "type": _parser_of(field.metadata["parse"])}
        if field.metadata["repeatable"]:
            told["action"] = "append"
        parser.add_argument(f"--{name}", **told)


def build_options(parsed: argparse.Namespace) -> BuildOptions:
    """The options of a call: the defaults, then `--config`, then what was typed."""
    values = options_from_toml(Path(parsed.config)) if parsed.config else {}
    for name in sorted(TERMINAL_OPTIONS & set(values)):
        set_there = values.pop(name)
        setattr(parsed, name, getattr(parsed, name, None) or set_there)
    for field in option_names().values():
        if hasattr(parsed, field.name):
            typed = getattr(parsed, field.name)
            values[field.name] = tuple(typed) if field.metadata["repeatable"] else typed
    return BuildOptions(**values)


def _help(field: Any) -> str:
    text = str(field.metadata["help"]).replace("%", "%%")
    default = field.default
    if isinstance(default, bool) or default is None or default == ():
        return text
    shown = ",".join(f"{part:g}" for part in default) if isinstance(default, tuple) else default
    return f"{text} (default: {shown})"


def _parser_of(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """The option's own parser, its complaint passed on in the form argparse prints."""

    def parse_or_complain(text: str) -> Any:
        try:
            return parse(text)
        except UsageError as error:
            raise argparse.ArgumentTypeError(error.message) from error

    return parse_or_complain
