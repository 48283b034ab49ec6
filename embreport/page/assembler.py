"""Puts the page's ES modules together into the one inline script the page carries.

Deliberately strict, so that what Node tests as modules is what the page runs. A module may hold

    import { name, other as alias } from './relative.js';     at its top, before any code
    export function …   export async function …   export const …   export class …

and nothing else with `import` or `export`. Each module becomes a function scope, in the order its
dependencies ask for; its text is otherwise unchanged. All errors are ReportErrors with file and line.

The script ends by handing its modules, by path, to `globalThis[Symbol.for('embreport.modules')]` where
somebody put a function there: that is how the tests run against the script cut out of a built page.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

from embreport.errors import ReportError
from embreport.page.code_mask import code_mask

ENTRY = "boot.js"
HOOK = "globalThis[Symbol.for('embreport.modules')]?.(modules);"

_NAME = r"[A-Za-z_$][\w$]*"
_WORD = re.compile(r"(?<![\w$])(import|export)(?![\w$])")
_IMPORT = re.compile(r"import\s*\{([^{}]*)\}\s*from\s*(['\"])( *)\2;")
_IMPORTED = re.compile(rf"({_NAME})(?:\s+as\s+({_NAME}))?")
_EXPORT = re.compile(rf"export\s+(async\s+function|function|const|class)\s+({_NAME})(?![\w$])")
_AWAIT = re.compile(r"(?<![\w$.])await(?![\w$])")
_MARKUP = re.compile(r"<!--|</?script", re.IGNORECASE)


@dataclass(frozen=True)
class Module:
    """One module: its imports as (path, imported name, local name), its exports, and its body without imports."""

    path: str
    imports: tuple[tuple[str, str, str], ...]
    exports: tuple[str, ...]
    body: str
    lines: dict[str, int]
    """The line of the first import of each path, for messages."""


def assemble(read: Callable[[str], str], entry: str = ENTRY) -> str:
    """The script: the entry module and all it reaches, dependencies first.

    `read` gives the text of a module by its path under templates/js ("payload/report.js") and raises
    KeyError or FileNotFoundError for one that is not there.
    """
    ordered = _in_order(read, entry)
    scopes = [_scope(module) for module in ordered]
    return "\n".join(["'use strict';", "(() => {", "const modules = {};", *scopes, HOOK, "})();", ""])


def parse_module(path: str, source: str) -> Module:
    """Check one module against the rules above. `path` is relative to templates/js."""
    source = source.replace("\r\n", "\n")
    _refuse_markup(path, source)
    code = _masked(path, source)
    imports: list[tuple[str, str, str]] = []
    lines: dict[str, int] = {}
    exports: list[str] = []
    cuts: list[tuple[int, int]] = []
    last_import = 0
    for word in _words(code):
        line = _line(source, word.start())
        if word.group(1) == "import":
            if code[last_import : word.start()].strip():
                raise _error(path, line, _refusal_of_import(code, word.end(), top=False))
            found = _IMPORT.match(code, word.start())
            if found is None:
                raise _error(path, line, _refusal_of_import(code, word.end(), top=True))
            target = _resolve(path, line, source[found.start(3) : found.end(3)])
            imports += [(target, *pair) for pair in _imported_names(path, line, found.group(1))]
            lines.setdefault(target, line)
            cuts.append((found.start(), found.end()))
            last_import = found.end()
        else:
            exports.append(_exported_name(path, line, code, word))
            cuts.append((word.start(), word.end() + 1))
    _refuse_top_level_await(path, source, code)
    _refuse_repeats(path, [local for _, _, local in imports], "imports")
    _refuse_repeats(path, exports, "exports")
    return Module(path, tuple(imports), tuple(exports), _without(source, cuts), lines)


def _in_order(read: Callable[[str], str], entry: str) -> list[Module]:
    """All reachable modules, each after what it imports; import order decides among equals."""
    done: dict[str, Module] = {}

    def visit(path: str, trail: tuple[str, ...], importer: str, line: int) -> None:
        if path in trail:
            raise _error(importer, line, f"imports go round in a circle: {' > '.join((*trail, path))}.")
        if path in done:
            return
        try:
            text = read(path)
        except (KeyError, FileNotFoundError) as error:
            raise _error(importer, line, f"imports “{path}”, which does not exist.") from error
        module = parse_module(path, text)
        for target in module.lines:
            visit(target, (*trail, path), path, module.lines[target])
        _check_names(module, done)
        done[path] = module

    visit(entry, (), entry, 1)
    return list(done.values())


def _check_names(module: Module, done: dict[str, Module]) -> None:
    for target, name, _ in module.imports:
        if name not in done[target].exports:
            message = f"imports “{name}” from “{target}”, which does not export it."
            raise _error(module.path, module.lines[target], message)


def _scope(module: Module) -> str:
    """The module as a function that is called at once and gives back its exports."""
    heads = [f"const {{ {name}: {local} }} = modules['{target}'];" for target, name, local in module.imports]
    given = f"return Object.freeze({{ {', '.join(module.exports)} }});" if module.exports else "return {};"
    opening = f"modules['{module.path}'] = (() => {{"
    return "\n".join([opening, *heads, module.body.strip("\n"), given, "})();"])


def _words(code: str) -> list[re.Match[str]]:
    """Every `import` and `export` that is not the name of a property read with a single dot."""
    return [
        word
        for word in _WORD.finditer(code)
        if not (code[: word.start()].endswith(".") and not code[: word.start()].endswith("..."))
    ]


def _refusal_of_import(code: str, end: int, *, top: bool) -> str:
    rest = code[end:].lstrip()
    if rest.startswith("("):
        return "dynamic import() is not allowed; import by name at the top."
    if rest.startswith("."):
        return "import.meta is not allowed; the page's script has no address."
    if not top:
        return "an import stands after other code; move it to the top of the module."
    if rest.startswith("*"):
        return "“import *” is not allowed; import by name."
    if rest.startswith(("'", '"')):
        return "an import for its side effects is not allowed; import by name."
    if re.match(_NAME, rest):
        return "a default import is not allowed; import by name."
    return "this import is not of the form “import { name } from './file.js';”."


def _resolve(path: str, line: int, specifier: str) -> str:
    if not specifier.startswith(("./", "../")) or not specifier.endswith(".js"):
        raise _error(path, line, f"“{specifier}” is not a relative path to a .js file.")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
    if target.startswith("../") or re.search(r"[^\w./-]", target):
        raise _error(path, line, f"“{specifier}” leads out of templates/js.")
    return target


def _imported_names(path: str, line: int, inside: str) -> list[tuple[str, str]]:
    parts = [part.strip() for part in inside.split(",")]
    if parts and not parts[-1]:
        parts.pop()
    if not parts:
        raise _error(path, line, "an import names nothing; import by name.")
    pairs = []
    for part in parts:
        found = _IMPORTED.fullmatch(part)
        if found is None or "default" in found.groups():
            raise _error(path, line, f"“{part}” cannot be imported; only plain names can.")
        pairs.append((found.group(1), found.group(2) or found.group(1)))
    return pairs


def _exported_name(path: str, line: int, code: str, word: re.Match[str]) -> str:
    before = code[: word.start()]
    if before.count("{") != before.count("}"):
        raise _error(path, line, "an export stands inside braces; export at the top level only.")
    if before[before.rfind("\n") + 1 :].strip():
        raise _error(path, line, "an export stands after other code on its line; give it its own line.")
    found = _EXPORT.match(code, word.start())
    if found is None:
        raise _error(path, line, _refusal_of_export(code[word.end() :].lstrip()))
    if found.group(1) == "const":
        _refuse_several_constants(path, line, code, found.end())
    return found.group(2)


def _refusal_of_export(rest: str) -> str:
    refusals = {
        "default": "a default export is not allowed; export by name.",
        "*": "“export *” is not allowed; import from the module that has the name.",
        "{": "an export list is not allowed; put export before the declaration.",
        "let": "“export let” is not allowed; importers would not see it change.",
        "var": "“export var” is not allowed; use const.",
        "const": "a destructured export is not allowed; export one name at a time.",
    }
    for start, sentence in refusals.items():
        if rest.startswith(start):
            return sentence
    return "only function, async function, const and class can be exported."


def _refuse_several_constants(path: str, line: int, code: str, start: int) -> None:
    depth = 0
    for character in code[start:]:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character == ",":
            raise _error(path, line, "one export declares several constants; export one at a time.")
        if depth == 0 and character == ";":
            return
    raise _error(path, line, "an exported constant does not end with a semicolon.")


def _refuse_top_level_await(path: str, source: str, code: str) -> None:
    for found in _AWAIT.finditer(code):
        before = code[: found.start()]
        statement = before[max(before.rfind(";"), before.rfind("}")) + 1 :]
        if before.count("{") == before.count("}") and "async" not in statement:
            raise _error(path, _line(source, found.start()), "await at the top level is not allowed.")


def _refuse_markup(path: str, source: str) -> None:
    found = _MARKUP.search(source)
    if found is not None:
        message = f"“{found.group()}” would end or confuse the script element; write it in two parts."
        raise _error(path, _line(source, found.start()), message)
    for character in ("\0", "\r"):
        if character in source:
            line = _line(source, source.index(character))
            raise _error(path, line, f"character U+{ord(character):04X} would be changed by the HTML parser.")


def _refuse_repeats(path: str, names: list[str], verb: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise _error(path, 1, f"{verb} “{name}” more than once.")


def _masked(path: str, source: str) -> str:
    try:
        return code_mask(source)
    except ValueError as error:
        what, offset = error.args
        raise _error(path, _line(source, offset), f"a {what} starts here and never ends.") from error


def _without(source: str, cuts: list[tuple[int, int]]) -> str:
    """The source with the cut ranges removed; line breaks inside them stay, so lines keep their distance."""
    kept, last = [], 0
    for start, end in cuts:
        kept += [source[last:start], "\n" * source.count("\n", start, end)]
        last = end
    return "".join([*kept, source[last:]])


def _line(source: str, offset: int) -> int:
    return source.count("\n", 0, offset) + 1


def _error(path: str, line: int, message: str) -> ReportError:
    return ReportError(message[:1].upper() + message[1:], where=f"templates/js/{path}, line {line}")
