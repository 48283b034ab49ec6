"""Blanks out everything in a JavaScript source that is not code.

Comments, the insides of strings, the text of template literals and regular expressions become spaces;
line breaks and offsets stay. What is left can be searched for words without being fooled by a string.

A slash starts a regular expression where the language expects a value: at the start, after an operator
or an opening bracket, and after a keyword such as `return`.
"""

from __future__ import annotations

import re

_VALUE_FOLLOWS = frozenset("(,=:[!&|?{};+-*%<>~^")
_KEYWORDS_BEFORE_VALUE = frozenset(
    ("return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "else", "do", "await")
)
_LAST_WORD = re.compile(r"[A-Za-z_$][\w$]*$")
_PLAIN = re.compile(r"[^'\"`/{}]+")
_IN_TEMPLATE = re.compile(r"[^`$\\]+")
_IN_REGEX = re.compile(r"[^/\[\]\\\n]+")
_IN_STRING = {quote: re.compile(rf"[^\\\n{quote}]+") for quote in "'\""}
_NOT_A_BREAK = re.compile(r"[^\n]")


def code_mask(source: str) -> str:
    """The source with all that is not code as spaces; same length, same line breaks, quotes kept.

    Raises ValueError for a comment, string, template or regular expression that never ends; its second
    argument is the offset where it starts.
    """
    return _Masker(source).run()


class _Masker:
    """Walks through the source once; `out` gets its pieces, blanked or as they are."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.at = 0
        self.templates: list[int] = []
        self.depth = 0

    def run(self) -> str:
        while self.at < len(self.source):
            self.keep_to(_end_of(_PLAIN, self.source, self.at))
            if self.at < len(self.source):
                self.step()
        if self.templates:
            raise ValueError("template", len(self.source) - 1)
        return "".join(self.out)

    def step(self) -> None:
        source, at = self.source, self.at
        character = source[at]
        if source.startswith("//", at):
            self.blank_to(self.find("\n", at, or_end=True))
        elif source.startswith("/*", at):
            self.blank_to(self.find("*/", at + 2, what="comment", begin=at) + 2)
        elif character in "'\"":
            self.string(character)
        elif character == "`":
            self.keep_to(at + 1)
            self.template()
        elif character == "/" and self.value_follows():
            self.regex()
        else:
            self.plain(character)

    def plain(self, character: str) -> None:
        self.keep_to(self.at + 1)
        if character == "{":
            self.depth += 1
        elif character == "}":
            self.depth -= 1
            if self.templates and self.templates[-1] == self.depth:
                self.templates.pop()
                self.template()

    def string(self, quote: str) -> None:
        begin = self.at
        self.keep_to(begin + 1)
        inside = _IN_STRING[quote]
        while self.at < len(self.source) and self.source[self.at] not in (quote, "\n"):
            self.blank_to(_end_of(inside, self.source, self.at))
            self.blank_escape()
        if self.at >= len(self.source) or self.source[self.at] == "\n":
            raise ValueError("string", begin)
        self.keep_to(self.at + 1)

    def template(self) -> None:
        begin = self.at - 1
        while self.at < len(self.source):
            if self.source[self.at] == "`":
                self.keep_to(self.at + 1)
                return
            if self.source.startswith("${", self.at):
                self.keep_to(self.at + 2)
                self.templates.append(self.depth)
                self.depth += 1
                return
            if self.source[self.at] == "$":
                self.blank_to(self.at + 1)
            self.blank_to(_end_of(_IN_TEMPLATE, self.source, self.at))
            self.blank_escape()
        raise ValueError("template", begin)

    def regex(self) -> None:
        begin = self.at
        self.keep_to(begin + 1)
        in_class = False
        while self.at < len(self.source) and self.source[self.at] != "\n":
            character = self.source[self.at]
            if character == "/" and not in_class:
                self.keep_to(self.at + 1)
                return
            in_class = character == "[" or (in_class and character != "]")
            if character != "\\":
                self.blank_to(_end_of(_IN_REGEX, self.source, self.at + 1))
            self.blank_escape()
        raise ValueError("regular expression", begin)

    def value_follows(self) -> bool:
        before = self.last_code()
        if not before or before[-1] in _VALUE_FOLLOWS:
            return True
        word = _LAST_WORD.search(before)
        return word is not None and word.group() in _KEYWORDS_BEFORE_VALUE

    def last_code(self) -> str:
        """The last 200 characters of what is masked so far, without the blanks at their end."""
        pieces: list[str] = []
        length = 0
        for piece in reversed(self.out):
            pieces.append(piece[-200:])
            length += len(pieces[-1])
            if length >= 200:
                break
        return "".join(reversed(pieces))[-200:].rstrip()

    def find(self, text: str, start: int, *, what: str = "", begin: int = 0, or_end: bool = False) -> int:
        found = self.source.find(text, start)
        if found < 0 and not or_end:
            raise ValueError(what, begin)
        return len(self.source) if found < 0 else found

    def keep_to(self, end: int) -> None:
        self.out.append(self.source[self.at : end])
        self.at = end

    def blank_to(self, end: int) -> None:
        self.out.append(_NOT_A_BREAK.sub(" ", self.source[self.at : end]))
        self.at = min(end, len(self.source))

    def blank_escape(self) -> None:
        """Blank a backslash and what it escapes, if there is one here."""
        if self.source.startswith("\\", self.at):
            self.blank_to(self.at + 2)


def _end_of(pattern: re.Pattern[str], source: str, at: int) -> int:
    """Where a run of such characters that begins here ends; here where there is none."""
    found = pattern.match(source, at)
    return at if found is None else found.end()
