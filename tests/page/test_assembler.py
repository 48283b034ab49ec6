"""The assembler takes what modules may be, and refuses the rest with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_runner import run_node

from embreport.errors import ReportError
from embreport.page.assembler import HOOK, assemble, parse_module
from embreport.page.code_mask import code_mask
from embreport.page.render import installed_templates, page_script


def assembled(**modules: str) -> str:
    """The script of modules given as name=text; `boot` is the entry."""
    return assemble({f"{name.replace('__', '/')}.js": text for name, text in modules.items()}.__getitem__)


def refusal(text: str, path: str = "views/list.js") -> str:
    with pytest.raises(ReportError) as caught:
        parse_module(path, text)
    return str(caught.value)


REFUSED = [
    ("import a from './a.js';", 1, "default import"),
    ("import a, { b } from './a.js';", 1, "default import"),
    ("import * as a from './a.js';", 1, "import *"),
    ("import './a.js';", 1, "side effects"),
    ("import {} from './a.js';", 1, "names nothing"),
    ("import { default as a } from './a.js';", 1, "default as a"),
    ("import { 'a b' as c } from './a.js';", 1, "cannot be imported"),
    ("import { a } from 'a.js';", 1, "not a relative path"),
    ("import { a } from './a.mjs';", 1, "not a relative path"),
    ("import { a } from 'https://example.com/a.js';", 1, "not a relative path"),
    ("import { a } from '../../../a.js';", 1, "leads out"),
    ("import { a } from './a.js'", 1, "not of the form"),
    ("import { a } from './a.js' with { type: 'json' };", 1, "not of the form"),
    ("const x = 1;\nimport { a } from './a.js';", 2, "after other code"),
    ("const x = () => import('./a.js');", 1, "dynamic import()"),
    ("const x = 1;\nf(...import('./a.js'));", 2, "dynamic import()"),
    ("const x = import.meta.url;", 1, "import.meta"),
    ("\n\nexport default 1;", 3, "default export"),
    ("export * from './a.js';", 1, "export *"),
    ("export { a } from './a.js';", 1, "export list"),
    ("const a = 1;\nexport { a };", 2, "export list"),
    ("export let a = 1;", 1, "export let"),
    ("export var a = 1;", 1, "export var"),
    ("export const { a } = b;", 1, "destructured"),
    ("export const a = 1, b = 2;", 1, "several constants"),
    ("export const a = f(1, 2), b = 2;", 1, "several constants"),
    ("export const a = 1", 1, "semicolon"),
    ("export function* a() {}", 1, "only function"),
    ("const a = 1; export const b = 2;", 1, "own line"),
    ("{\n  export const b = 2;\n}", 2, "inside braces"),
    ("const a = 1;\nawait a;", 2, "await at the top level"),
    ("const a = 1;\nconst b = '</script>';", 2, "</script"),
    ("// <!-- hidden", 1, "<!--"),
    ("const a = '\0';", 1, "U+0000"),
    ("const a = 1;\nconst b = 'open;\n", 2, "string starts here"),
    ("/* open", 1, "comment starts here"),
    ("const a = `open ${1}", 1, "template"),
    ("export const a = 1;\nexport const a = 2;", 1, "exports “a” more than once"),
    ("import { a, a } from './a.js';", 1, "imports “a” more than once"),
]


@pytest.mark.parametrize(("text", "line", "says"), REFUSED, ids=[says + ": " + text[:30] for text, _, says in REFUSED])
def test_every_other_form_is_refused_with_file_and_line(text: str, line: int, says: str) -> None:
    message = refusal(text)
    assert message.startswith(f"templates/js/views/list.js, line {line}: ")
    assert says.lower() in message.lower()


def test_words_in_strings_comments_templates_and_patterns_are_not_code() -> None:
    text = (
        "// import a from 'b'; export default\n"
        "/* import('x') */\n"
        "const a = 'export default', b = \"import('x')\", c = `export ${1} import('x') ${`import.meta`}`;\n"
        "const d = /import('x')['\"/]/g.test(a) && x.import && 4 / 2 / 1;\n"
        "export const e = d;\n"
    )
    assert parse_module("boot.js", text).exports == ("e",)


def test_masked_code_keeps_length_and_line_breaks() -> None:
    text = "const a = `x\n${ `y${1}` }\n`; // z\nreturn /[/]\\//.test(a);\n"
    mask = code_mask(text)
    assert len(mask) == len(text)
    assert [len(line) for line in mask.split("\n")] == [len(line) for line in text.split("\n")]
    assert "y" not in mask
    assert "test(a)" in mask


def test_an_import_that_is_not_exported_names_both_files() -> None:
    with pytest.raises(ReportError, match=r"boot\.js, line 2: Imports “b” from “a\.js”, which does not export it"):
        assembled(boot="// first\nimport { b } from './a.js';\n", a="export const a = 1;\n")


def test_a_module_that_does_not_exist_is_named_with_its_importer() -> None:
    with pytest.raises(ReportError, match=r"boot\.js, line 1: Imports “lib/a\.js”, which does not exist"):
        assembled(boot="import { a } from './lib/a.js';\n")


def test_imports_that_go_round_in_a_circle_are_refused() -> None:
    circle = {
        "boot": "import { a } from './a.js';\n",
        "a": "import { b } from './b.js';\nexport const a = 1;\n",
        "b": "\nimport { a } from './a.js';\nexport const b = 1;\n",
    }
    with pytest.raises(
        ReportError, match=r"b\.js, line 2: Imports go round in a circle: boot\.js > a\.js > b\.js > a\.js"
    ):
        assembled(**circle)


def test_each_module_runs_once_after_what_it_imports(tmp_path: Path) -> None:
    script = assembled(
        boot="import { two as deux,\n  one } from './lib/two.js';\nexport const list = [one, deux];\n",
        lib__two="import { one as first } from './one.js';\nexport const one = first;\nexport const two = first + 1;\n",
        lib__one="let runs = 0;\nruns += 1;\nexport const one = runs;\n",
    )
    assert asked_in_node(tmp_path, script, "modules['boot.js'].list.join()") == "1,2"


def test_modules_keep_their_names_to_themselves_and_are_frozen(tmp_path: Path) -> None:
    script = assembled(
        boot="import { a } from './a.js';\nconst hidden = 1;\nexport class Box {}\n"
        "export async function wait() { await 0; }\n"
        "export function sum() { return a + hidden; }\n",
        a="const hidden = 5;\nexport const a = hidden;\n",
    )
    asked = "[modules['boot.js'].sum(), Object.isFrozen(modules['boot.js']), typeof globalThis.hidden].join()"
    assert asked_in_node(tmp_path, script, asked) == "6,true,undefined"


def test_the_script_of_the_installed_templates_runs_in_node_and_hands_out_its_modules(tmp_path: Path) -> None:
    script = page_script(installed_templates())
    assert script.rstrip().endswith(f"{HOOK}\n}})();")
    assert asked_in_node(tmp_path, script, "typeof modules['payload/report.js'].openReport") == "function"


def asked_in_node(tmp_path: Path, script: str, asked: str) -> str:
    """What an expression over `modules` gives after the script ran."""
    target = tmp_path / "script.cjs"
    head = "globalThis[Symbol.for('embreport.modules')] = (modules) => { globalThis.given = modules; };\n"
    tail = f"\nconst modules = globalThis.given; process.stdout.write(String({asked}));\n"
    target.write_text(head + "{" + script + "}" + tail, encoding="utf-8")
    return run_node(target)
