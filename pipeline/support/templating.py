"""Templates: a theme over the default one, a workspace's own files over both, errors with their place.

The only module that imports Jinja2. Files are looked up one by one, in the workspace's `templates/`,
its `templates/themes/NAME/`, the packaged theme NAME, and the default theme. A file that stands in
for another may extend it: `default/email/issue.mjml.j2` is the default theme's, `theme/…` the chosen
theme's where it has one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any, NoReturn

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.loaders import split_template_path
from markupsafe import Markup

from pipeline.errors import PressroomError, suggest

DEFAULT = "default/"
"""The prefix by which a template names the default theme's own file."""

THEME = "theme/"
"""The prefix for the chosen theme's file, the workspace's overrides left aside."""

THEMES = "themes"
"""The folder of themes, below the workspace's templates and the packaged ones."""

Folder = tuple[Path, str]
"""A folder of templates, and what stands before their names where a user would type them."""

Prepare = Callable[[str, str], str]
Print = Callable[[Any], Any]

__all__ = ["DEFAULT", "THEMES", "Markup", "TemplateOptions", "Templates", "theme_folders"]


@dataclass(frozen=True)
class TemplateOptions:
    """How a room reads and fills its templates.

    `prepare(source, path)` may change or refuse a template's source before it is compiled, keeping
    its lines; `path` is as the user would type it. `write` is given each printed value as the
    template is rendered. `filters` are added to Jinja's own.
    """

    prepare: Prepare | None = None
    write: Print | None = None
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


WEB = TemplateOptions()


def _packaged() -> Path:
    """The default theme: inside an installed package, or beside it in a checkout."""
    inside = Path(__file__).parent.parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent / "templates"


def theme_folders(own: Path | None) -> tuple[Folder, ...]:
    """Where themes stand: in the workspace's templates `own`, then in the package."""
    packaged = _packaged()
    if own is None or own.resolve() == packaged.resolve():
        # In the Pressroom repository itself the packaged themes are the user's.
        return ((packaged / THEMES, THEME if own is None else f"templates/{THEMES}/"),)
    return (own / THEMES, f"templates/{THEMES}/"), (packaged / THEMES, THEME)


class Templates:
    """The templates of a workspace. `overrides` is its own folder, which need not exist.

    Files are read and compiled when first used and then kept: make a new value to see changes.
    """

    def __init__(self, overrides: Path | None = None, theme: str = "default") -> None:
        self._given = (overrides, theme)
        packaged = _packaged()
        own = [(overrides, "templates/")] if overrides is not None else []
        default = [(packaged, DEFAULT)]
        if overrides is not None and overrides.resolve() == packaged.resolve():
            own, default = [], own
        chosen = [
            (folder / theme, THEME if shown == THEME else f"{shown}{theme}/")
            for folder, shown in theme_folders(overrides)
            if (folder / theme).is_dir()
        ]
        self._folders: list[Folder] = [*own, *chosen, *default]
        self._by_prefix: dict[str, list[Folder]] = {THEME: [*chosen, *default], DEFAULT: default}
        self._environments: dict[int, tuple[TemplateOptions, _Environment]] = {}

    def __reduce__(self) -> tuple[type[Templates], tuple[Path | None, str]]:
        """For another process: compiled templates stay in this one."""
        return Templates, self._given

    def web(self) -> Environment:
        """The environment of web pages: autoescape on, nothing else."""
        return self.environment(WEB)

    def environment(self, dialect: TemplateOptions) -> Environment:
        """The environment for a dialect, made once.

        Whatever goes wrong in its templates, when they are found, compiled or rendered, is raised
        as `PressroomError` with file and line.
        """
        if id(dialect) not in self._environments:
            loader = _Loader(self, dialect.prepare)
            self._environments[id(dialect)] = (dialect, _Environment(loader, dialect))
        return self._environments[id(dialect)][1]

    def read(self, name: str) -> tuple[str, str]:
        """The text of a file of the theme and its path as the user would type it.

        Raises `PressroomError` where there is none, with the nearest name.
        """
        found = self.find(name)
        if found is None:
            raise PressroomError(f'there is no template "{name}".', f"templates/{name}", hint=self.near(name))
        path, shown = found
        try:
            return path.read_text(encoding="utf-8-sig"), shown
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise PressroomError("this template is not UTF-8 text.", shown, line) from error
        except OSError as error:
            raise PressroomError(
                f"this template cannot be read: {error.strerror or error}.", shown
            ) from error

    def find(self, name: str) -> tuple[Path, str] | None:
        """Where a file of the theme stands, and its path as the user would type it."""
        prefix, name = _prefix(name)
        folders = self._by_prefix.get(prefix, self._folders)
        try:
            pieces = split_template_path(name)  # refuses "..", so that a template cannot leave its folder
        except TemplateNotFound:
            return None
        for folder, shown in folders:
            path = folder.joinpath(*pieces)
            if path.is_file():
                return path, shown + "/".join(pieces)
        return None

    def names(self) -> tuple[str, ...]:
        """Every template's name, sorted; those of other themes are not among them."""
        found = {
            path.relative_to(folder).as_posix()
            for folder, _ in self._folders
            for path in folder.rglob("*")
            if path.is_file()
        }
        return tuple(sorted(name for name in found if not name.startswith(f"{THEMES}/")))

    def near(self, name: str) -> str | None:
        """`Did you mean "…"?` for the template whose name is nearest."""
        prefix = _prefix(name)[0]
        return suggest(name, [prefix + known for known in self.names()])

    def sources(self, below: str) -> tuple[tuple[str, str], ...]:
        """The files below a folder that are in force: path as the user would type it, and text."""
        found = (self.read(name) for name in self.names() if name.startswith(below))
        return tuple((shown, text) for text, shown in found)

    def shown(self, filename: str | None) -> str | None:
        """The path of a template's file as the user would type it; None for any other file."""
        for folder, shown in self._folders:
            if filename and Path(filename).is_relative_to(folder):
                return shown + Path(filename).relative_to(folder).as_posix()
        return None


def _prefix(name: str) -> tuple[str, str]:
    """A template's name without `default/` or `theme/`, and which of them stood before it."""
    prefix = next((each for each in (DEFAULT, THEME) if name.startswith(each)), "")
    return prefix, name.removeprefix(prefix)


class _Loader(BaseLoader):
    def __init__(self, templates: Templates, prepare: Prepare | None) -> None:
        self.templates = templates
        self.prepare = prepare

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        found = self.templates.find(template)
        if found is None:
            raise TemplateNotFound(template)
        source, shown = self.templates.read(template)
        if self.prepare:
            source = self.prepare(source, shown)
        return source, str(found[0]), None

    def list_templates(self) -> list[str]:
        return list(self.templates.names())


class _BytecodeMemory(BytecodeCache):
    """Compiled templates of this process, so that the next workspace or preview need not compile.

    Jinja checks name, file and source; what the code depends on beyond them is the dialect.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key, bucket.checksum] = bucket.code


_memories: dict[bool, _BytecodeMemory] = {False: _BytecodeMemory(), True: _BytecodeMemory()}


class _StrictUndefined(StrictUndefined):
    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        known: list[str] = []
        if isinstance(self._undefined_obj, Mapping):
            known = [str(key) for key in self._undefined_obj]
        elif isinstance(self._undefined_obj, object) and hasattr(type(self._undefined_obj), "__module__"):
            known = [each for each in dir(self._undefined_obj) if not each.startswith("_")]
        message: str = super()._undefined_message
        return f"{message}\n{suggest(name, known) or ''}"


class _Environment(Environment):
    """Jinja's environment, with every error turned into a `PressroomError`."""

    def __init__(self, loader: _Loader, dialect: TemplateOptions) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            undefined=_StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
            cache_size=-1,
            finalize=_late(dialect.write) if dialect.write else None,
            bytecode_cache=_memories[dialect.write is not None],
        )
        self.templates = loader.templates
        self.filters.update(dialect.filters)

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: Any = None,
    ) -> Template:
        try:
            return super().get_template(name, parent, globals)
        except TemplateNotFound as error:
            if parent is not None:
                raise  # a template asked for it: `handle_exception` knows its line
            raise self._missing(error, f"templates/{name}", None) from error

    def handle_exception(self, source: str | None = None) -> NoReturn:
        try:
            super().handle_exception(source)
        except PressroomError:
            raise
        except TemplateSyntaxError as error:
            place = self.templates.shown(error.filename) or f"templates/{error.name}"
            raise PressroomError(_sentence(error.message or "syntax error"), place, error.lineno) from error
        except RecursionError as error:
            path, line = self._place(error, often=True)
            raise PressroomError(
                "this template includes or extends itself, directly or through others.",
                path,
                line,
                f"The default theme's own file is named with \"{DEFAULT}\" in front, the chosen theme's "
                f'with "{THEME}".',
            ) from error
        except TemplateNotFound as error:
            raise self._missing(error, *self._place(error)) from error
        except UndefinedError as error:
            message, _, hint = (error.message or "").partition("\n")
            if name := re.match(r"'(\w+)' is undefined", message):
                hint = suggest(name[1], self._names(error)) or ""
            raise PressroomError(_sentence(message), *self._place(error), hint or None) from error
        except Exception as error:
            path, line = self._place(error)
            if path is None:
                raise
            raise PressroomError(
                f"this template failed: {_sentence(str(error) or type(error).__name__)}", path, line
            ) from error
        raise AssertionError("Jinja raises here")

    def _place(self, error: Exception, often: bool = False) -> tuple[str | None, int | None]:
        """The template's file and line in a traceback (Jinja has rewritten it to template lines).

        It is the last one, or the one that comes up most `often`.
        """
        places = []
        trace = error.__traceback__
        while trace is not None:
            if path := self.templates.shown(trace.tb_frame.f_code.co_filename):
                places.append((path, trace.tb_lineno))
            trace = trace.tb_next
        if not places:
            return None, None
        return Counter(places).most_common(1)[0][0] if often else places[-1]

    def _names(self, error: Exception) -> list[str]:
        """The names that the failing template knew: Jinja's rewritten traceback has them as locals."""
        names: list[str] = []
        trace = error.__traceback__
        while trace is not None:
            if self.templates.shown(trace.tb_frame.f_code.co_filename):
                names = [name for name in trace.tb_frame.f_locals if not name.startswith("_")]
            trace = trace.tb_next
        return names

    def _missing(self, error: TemplateNotFound, path: str | None, line: int | None) -> PressroomError:
        name = str(error.name)
        return PressroomError(f'there is no template "{name}".', path, line, self.templates.near(name))


def _late(write: Print) -> Callable[[Any, Any], Any]:
    """`write` as Jinja's `finalize`.

    Asking for the context keeps Jinja from calling it on constants at compile time.
    """

    @pass_context
    def finalize(_context: Any, value: Any) -> Any:
        return write(value)

    return finalize


def _sentence(text: str) -> str:
    text = re.sub(r"'(?:[\w.]+\.)?(\w+?)(?:View)? object' has no attribute '(\w+)'", _lacks, text.strip())
    text = re.sub(r"'([^']*)'", r'"\1"', text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _lacks(found: re.Match[str]) -> str:
    """Jinja names the class, which a theme's author never sees; its templates call it by its word."""
    return f'"{found[1].lower()}" has no "{found[2]}"'
