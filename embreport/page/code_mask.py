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


def code_mask(source: str) -> str:
    """The source with all that is not code as spaces; same length, same line breaks, quotes kept.

    Raises ValueError for a comment, string, template or regular expression that never ends; its second
    argument is the offset where it starts.
    """
    return _Masker(source).run()


class _Masker:
    def __init__(self, source: str) -> None:
        self.source = source
        self.out = list(source)
        self.at = 0
        self.templates: list[int] = []
        self.depth = 0

    def run(self) -> str:
        while self.at < len(self.source):
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
            self.at += 1
            self.template()
        elif character == "/" and self.value_follows():
            self.regex()
        else:
            self.plain(character)

    def plain(self, character: str) -> None:
        self.at += 1
        if character == "{":
            self.depth += 1
        elif character == "}":
            self.depth -= 1
            if self.templates and self.templates[-1] == self.depth:
                self.templates.pop()
                self.template()

    def string(self, quote: str) -> None:
        begin = self.at
        self.at += 1
        while self.at < len(self.source) and self.source[self.at] not in (quote, "\n"):
            self.blank(2 if self.source[self.at] == "\\" else 1)
        if self.at >= len(self.source) or self.source[self.at] == "\n":
            raise ValueError("string", begin)
        self.at += 1

    def template(self) -> None:
        begin = self.at - 1
        while self.at < len(self.source):
            if self.source[self.at] == "`":
                self.at += 1
                return
            if self.source.startswith("${", self.at):
                self.at += 2
                self.templates.append(self.depth)
                self.depth += 1
                return
            self.blank(2 if self.source[self.at] == "\\" else 1)
        raise ValueError("template", begin)

    def regex(self) -> None:
        begin = self.at
        self.at += 1
        in_class = False
        while self.at < len(self.source) and self.source[self.at] != "\n":
            character = self.source[self.at]
            if character == "/" and not in_class:
                self.at += 1
                return
            in_class = character == "[" or (in_class and character != "]")
            self.blank(2 if character == "\\" else 1)
        raise ValueError("regular expression", begin)

    def value_follows(self) -> bool:
        before = "".join(self.out[max(0, self.at - 200) : self.at]).rstrip()
        if not before or before[-1] in _VALUE_FOLLOWS:
            return True
        word = _LAST_WORD.search(before)
        return word is not None and word.group() in _KEYWORDS_BEFORE_VALUE

    def find(self, text: str, start: int, *, what: str = "", begin: int = 0, or_end: bool = False) -> int:
        found = self.source.find(text, start)
        if found < 0 and not or_end:
            raise ValueError(what, begin)
        return len(self.source) if found < 0 else found

    def blank(self, count: int) -> None:
        self.blank_to(min(self.at + count, len(self.source)))

    def blank_to(self, end: int) -> None:
        for position in range(self.at, end):
            if self.out[position] != "\n":
                self.out[position] = " "
        self.at = end
