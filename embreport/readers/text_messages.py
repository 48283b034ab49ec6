"""Protobuf text format: `projector_config.pbtxt` and the `checkpoint` state file, written by tools and by hand."""

from __future__ import annotations

import re
import warnings
from typing import Any

from google.protobuf import text_format

from embreport.errors import FormatError, LimitExceeded
from embreport.model import Notice
from embreport.readers.messages import new_message

LARGEST_TEXT = 1_000_000
_DEEPEST = 16
# The parser copies the line it is in for each token that it tries in vain.
_LONG_LINE = 1_000
_LONGEST_LINE = 50_000
_STRUCTURE = re.compile(r""" \#[^\n]* | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? | [{}<>] """, re.VERBOSE)
_STRING_OR_SPACE = re.compile(r""" \#[^\n]* | "(?:[^"\\\n]|\\.)*"? | '(?:[^'\\\n]|\\.)*'? | [ ] """, re.VERBOSE)
_PLACE = re.compile(r"^(\d+):(\d+)\s*:\s*")
_UNKNOWN = re.compile(r'has no field named "([^"]*)"')


def parse_text_message(name: str, data: bytes, *, where: str) -> tuple[Any, tuple[Notice, ...]]:
    """The message of type `name` that `data` spells out, and notices about what was tolerated.

    A byte order mark and fields that are not known are tolerated. Everything else that is no such message is
    a FormatError whose `where` ends with `:line:column`; nesting beyond what real files have is a LimitExceeded.
    """
    text, notices = _decode(data, where)
    _check_depth(text, where)
    whole, text = text, _in_short_lines(text, where)
    try:
        return _parse(name, text, allow_unknown=False), notices
    except text_format.ParseError as error:
        unknown = _UNKNOWN.search(str(error))
        if unknown is None and "extension" not in str(error):
            raise _syntax_error(error, text, whole, where) from error
        field = unknown[1][:80] if unknown else "[...]"
        notice = Notice(
            code="config-unknown-field",
            severity="warning",
            message=f"The field “{field}” is not known. All such fields were left out; the rest was read.",
            where=_place(error, text, whole, where)[0],
        )
    except (ValueError, RecursionError, OverflowError, TypeError) as error:
        raise FormatError("The file is not in protobuf's text format.", where=where) from error
    try:
        return _parse(name, text, allow_unknown=True), (*notices, notice)
    except text_format.ParseError as error:
        raise _syntax_error(error, text, whole, where) from error
    except (ValueError, RecursionError, OverflowError, TypeError) as error:
        raise FormatError("The file is not in protobuf's text format.", where=where) from error


def _decode(data: bytes, where: str) -> tuple[str, tuple[Notice, ...]]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise FormatError(
            f"The byte 0x{data[error.start]:02x} in line {line:,}, column {column:,}, is not UTF-8 text; expected "
            "a text file. Save it as UTF-8.",
            where=f"{where}:{line}:{column}",
        ) from error
    if not text.startswith("\ufeff"):
        return text, ()
    message = "The file starts with a byte order mark, which was ignored; TensorBoard refuses such files."
    return text[1:], (Notice(code="byte-order-mark", severity="info", message=message, where=where),)


def _check_depth(text: str, where: str) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        token = match[0]
        if token in "{<":
            depth += 1
        elif token in "}>":
            depth -= 1
        if depth > _DEEPEST:
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            raise LimitExceeded(
                f"Messages are nested more than {_DEEPEST} deep in line {line:,}; a projector config needs 2.",
                where=f"{where}:{line}:{column}",
            )


def _in_short_lines(text: str, where: str) -> str:
    """The same text, character for character, but where there is a long line with line breaks for spaces."""
    if max(map(len, text.split("\n"))) <= _LONG_LINE:
        return text
    broken = _STRING_OR_SPACE.sub(lambda match: "\n" if match[0] == " " else match[0], text)
    for part in broken.split("\n"):
        if len(part) > _LONGEST_LINE:
            raise LimitExceeded(
                f"There are {len(part):,} characters without a space; at most {_LONGEST_LINE:,} are read.", where=where
            )
    return broken


def _parse(name: str, text: str, *, allow_unknown: bool) -> Any:
    message = new_message(name)
    with warnings.catch_warnings():
        # Python warns of escapes that it does not know, which the parser hands on to it.
        warnings.simplefilter("ignore")
        text_format.Parse(text, message, allow_unknown_field=allow_unknown, allow_unknown_extension=allow_unknown)
    return message


def _syntax_error(error: text_format.ParseError, text: str, whole: str, where: str) -> FormatError:
    """The parser's own words without the line it quotes, which the place makes superfluous."""
    detail = _PLACE.sub("", str(error)).replace("embreport.", "")
    quoted = f"'{_line_of(error, text)}': "
    detail = detail.removeprefix(quoted).strip().rstrip(".")
    shown = "".join(character if character.isprintable() else repr(character)[1:-1] for character in detail[:200])
    place, words = _place(error, text, whole, where)
    return FormatError(f"{words} not protobuf's text format: {shown}.", where=place)


def _line_of(error: text_format.ParseError, text: str) -> str:
    match = _PLACE.match(str(error))
    lines = text.split("\n", int(match[1])) if match else []
    return lines[int(match[1]) - 1] if match and int(match[1]) <= len(lines) else ""


def _place(error: text_format.ParseError, text: str, whole: str, where: str) -> tuple[str, str]:
    """Where an error is, for a notice and as the start of a sentence, in `whole`, which was parsed as `text`."""
    match = _PLACE.match(str(error))
    if not match:
        return where, "This is"
    line, column = int(match[1]), int(match[2])
    if text is not whole:
        before = sum(len(part) + 1 for part in text.split("\n", line - 1)[: line - 1]) + column - 1
        line = whole.count("\n", 0, before) + 1
        column = before - whole.rfind("\n", 0, before)
    return f"{where}:{line}:{column}", f"Line {line}, column {column}, is"
