"""Templates, style sheets and modules into one HTML string."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from embreport.errors import ReportError
from embreport.page.assembler import assemble
from embreport.page.context import PageContext
from embreport.page.kept_parts import KeptParts, MadePart, plain_piece
from embreport.page.payload.plotly_js import policy_hash
from embreport.views import template_text, templates_folder

_PAGE = "page.html.j2"
_STYLE_END = re.compile(r"</style|<!--", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Templates:
    """The sources of a page: its template, its style sheet, and its modules by path under templates/js."""

    page: str
    css: str
    read_module: Callable[[str], str]
    modules: tuple[str, ...] = ()
    """The paths of all modules there are, where that is known: then the script they make can be kept."""


def installed_templates() -> Templates:
    """Those of this installation. Style sheets are joined in the order of their names."""
    folder = templates_folder()
    try:
        page = template_text(_PAGE)
    except FileNotFoundError as error:
        raise ReportError(f"templates/{_PAGE} is not part of this installation. Install embreport again.") from error
    sheets = sorted(path.name for path in (folder / "css").glob("*.css"))
    css = "\n".join(template_text(f"css/{name}") for name in sheets)
    modules = sorted(path.relative_to(folder / "js").as_posix() for path in (folder / "js").rglob("*.js"))
    return Templates(page=page, css=css, read_module=lambda path: template_text(f"js/{path}"), modules=tuple(modules))


def page_script(templates: Templates, kept: KeptParts | None = None) -> str:
    """The one script of the page; `kept` is where it is found, if all modules are what they were."""
    if kept is None or not kept.is_kept or not templates.modules:
        return assemble(templates.read_module)
    texts = tuple(map(templates.read_module, templates.modules))
    script = kept.part("script", _made_script, templates.modules, texts, fits=_holds_text)
    return script.pieces[0].data.decode("utf-8")


def _made_script(paths: tuple[str, ...], texts: tuple[str, ...]) -> MadePart:
    script = assemble(dict(zip(paths, texts, strict=True)).__getitem__)
    return MadePart(pieces=(plain_piece(script.encode("utf-8")),), layout={})


def _holds_text(part: MadePart) -> bool:
    try:
        return len(part.pieces) == 1 and bool(part.pieces[0].data.decode("utf-8"))
    except ValueError:
        return False


def page_style(templates: Templates) -> Markup:
    """The style sheet, safe inside a style element."""
    css = templates.css.replace("\r\n", "\n")
    found = _STYLE_END.search(css)
    if found is not None:
        raise ReportError(f"A style sheet holds “{found.group()}”, which would end the style element.")
    return Markup(css)


def content_policy(script: str, plotly_hash: str) -> str:
    """The tightest policy the page works under: two scripts by hash, nothing from anywhere."""
    own = policy_hash(script.encode("utf-8"))
    return (
        f"default-src 'none'; script-src '{own}' '{plotly_hash}'; style-src 'unsafe-inline'; img-src blob: data:; "
        "worker-src blob:; connect-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"
    )


def render_page(templates: Templates, context: PageContext) -> str:
    """The page. Everything is escaped but what `PageContext` marks; a name the template misspells is an error."""
    environment = Environment(
        loader=DictLoader({_PAGE: templates.page}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(_PAGE).render(page=context)
