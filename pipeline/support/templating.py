"""Renders templates with Jinja2; every error in a template becomes a `PressroomError` with file and line.

The only module that imports Jinja2.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any, ClassVar, NoReturn

from jinja2 import (
    BytecodeCache,
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    pass_context,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from pipeline.errors import PressroomError, suggest
from pipeline.support.file_cache import FileCache
from pipeline.support.file_stamps import program_version
from pipeline.support.signing import Signer, user_folder
from pipeline.support.template_files import DEFAULT, THEME, TemplateFiles, packaged_templates

__all__ = ["WEB", "Markup", "TemplateOptions", "Templates"]


@dataclass(frozen=True)
class TemplateOptions:
    """How templates are compiled and filled.

    `prepare(source, path)` may change or refuse a template's source before it is compiled, but must keep
    its lines; `path` is as the user types it. `write` is called with each printed value when the template
    is rendered. `filters` are added to Jinja's own.
    """

    prepare: Callable[[str, str], str] | None = None
    write: Callable[[Any], Any] | None = None
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


_TAGS = ("block", "extends", "for", "from", "if", "import", "include", "macro", "set", "with")
"""What a statement of a template begins with."""

WEB = TemplateOptions()
"""The options of web pages: nothing is added to Jinja."""


class Templates(TemplateFiles):
    """The templates of a workspace and theme, as `TemplateFiles` finds them.

    They are compiled at their first use and then kept, in `cache` for later runs too.
    """

    def __init__(
        self, overrides: Path | None = None, theme: str = "default", cache: FileCache | None = None
    ) -> None:
        super().__init__(overrides, theme)
        self._arguments = (overrides, theme)
        self._cache = cache
        self._environments: dict[int, tuple[TemplateOptions, _Environment]] = {}

    def __reduce__(self) -> tuple[type[Templates], tuple[Path | None, str]]:
        """For another process: compiled templates stay in this one."""
        return Templates, self._arguments

    def environment(self, options: TemplateOptions = WEB) -> Environment:
        """The environment for these options, made once; autoescape is always on.

        Every error in its templates, while they are found, compiled or rendered, is raised as
        `PressroomError` with file and line.
        """
        if id(options) not in self._environments:
            self._environments[id(options)] = (options, _Environment(self, options, self._cache))
        return self._environments[id(options)][1]


def _loader(files: TemplateFiles, prepare: Callable[[str, str], str] | None) -> FunctionLoader:
    def load(name: str) -> tuple[str, str, None] | None:
        location = files.find(name)
        if location is None:
            return None
        source, path = files.read(name)
        return prepare(source, path) if prepare else source, str(location[0]), None

    return FunctionLoader(load)


_PACKAGED = "packaged "
"""How the key of a packaged template begins."""


class _CompiledTemplates(BytecodeCache):
    """Keeps compiled templates for the next workspace of this process, and for later runs.

    A workspace's own are in its cache `kept`; packaged ones, which all workspaces share, in the user's.
    Jinja compares name, file and source. The code depends also on whether values are written by
    `TemplateOptions.write`.
    """

    _code: ClassVar[dict[tuple[bool, str, str], CodeType]] = {}

    def __init__(self, kept: FileCache | None, writes: bool) -> None:
        self.kept = kept
        self.writes = writes

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        is_packaged = (filename or "").startswith(f"{packaged_templates()}{os.sep}")
        return f"{_PACKAGED * is_packaged}{super().get_cache_key(name, filename)}"

    def load_bytecode(self, bucket: Bucket) -> None:
        key = self.writes, bucket.key, bucket.checksum
        if key not in self._code and self.kept:
            name = self._name(bucket)
            kept = _read_packaged(name) if bucket.key.startswith(_PACKAGED) else self.kept.get(name)
            checksum, data = kept or ("", b"")
            if checksum == bucket.checksum:
                self._code[key] = marshal.loads(data)
        bucket.code = self._code.get(key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is None:
            return
        self._code[self.writes, bucket.key, bucket.checksum] = bucket.code
        name, value = self._name(bucket), (bucket.checksum, marshal.dumps(bucket.code))
        if self.kept and bucket.key.startswith(_PACKAGED):
            _write_packaged(name, value)
        elif self.kept:
            self.kept.put(name, {}, value)

    def _name(self, bucket: Bucket) -> str:
        return f"template {self.writes} {bucket.key}"


def _read_packaged(name: str) -> tuple[str, bytes] | None:
    """Return checksum and code of a packaged template that this program has compiled in an earlier run."""
    with suppress(OSError, RuntimeError):
        data = Signer(packaged_templates()).read(_packaged_file(name))
        version, checksum, code = marshal.loads(data) if data else ("", "", b"")
        return (checksum, code) if version == program_version() else None
    return None


def _write_packaged(name: str, value: tuple[str, bytes]) -> None:
    with suppress(OSError, RuntimeError):
        file = _packaged_file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        Signer(packaged_templates()).write(file, marshal.dumps((program_version(), *value)))


def _packaged_file(name: str) -> Path:
    """The file of a compiled template: one of each name and of each place where the program is installed."""
    digest = hashlib.blake2b(f"{packaged_templates()} {name}".encode(), digest_size=16).hexdigest()
    return user_folder() / "templates" / digest


class _StrictUndefined(StrictUndefined):
    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        owner = self._undefined_obj
        known = owner if isinstance(owner, Mapping) else (each for each in dir(owner) if each[0] != "_")
        return f"{super()._undefined_message}\n{suggest(name, map(str, known)) or ''}"


class _Environment(Environment):
    """Jinja's environment, with every error turned into a `PressroomError`."""

    def __init__(self, files: TemplateFiles, options: TemplateOptions, cache: FileCache | None) -> None:
        super().__init__(
            loader=_loader(files, options.prepare),
            autoescape=True,
            undefined=_StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
            cache_size=-1,
            finalize=_finalize(options.write) if options.write else None,
            bytecode_cache=_CompiledTemplates(cache, options.write is not None),
        )
        self.files = files
        self.filters.update(options.filters)

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
                raise  # `handle_exception` finds the line of the template that asked for it
            raise self._missing(error, f"templates/{name}", None) from error

    def handle_exception(self, source: str | None = None) -> NoReturn:
        try:
            super().handle_exception(source)
        except PressroomError:
            raise
        except TemplateSyntaxError as error:
            place = self.files.shown(error.filename) or f"templates/{error.name}"
            message, hint = self._in_words(error.message or "")
            raise PressroomError(message, place, error.lineno, hint) from error
        except RecursionError as error:
            path, line = self._place(error, most_frequent=True)
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

    def _in_words(self, message: str) -> tuple[str, str | None]:
        """What is wrong in a template, in other words than a parser's, and a hint."""
        if match := re.match(r"expected token 'end of (print )?statement(?: block)?', got '(.+)'", message):
            end = "}}" if match[1] else "%}"
            return f'there is "{match[2]}" where `{end}` should be.', None
        tag, block = (
            re.match(r"Encountered unknown tag '(\w+)'", message),
            re.search(r"is '(\w+)'\.$", message),
        )
        if block and (tag is None or "nesting" in message):
            what = f"`{{% {block[1]} … %}}` has no end" + (f" before `{{% {tag[1]} %}}`." if tag else ".")
            return what, f"End it with `{{% end{block[1]} %}}`."
        if tag:
            return f'there is no tag "{tag[1]}".', suggest(
                tag[1], (*_TAGS, *(f"end{each}" for each in _TAGS))
            )
        for kind, known in (("filter", self.filters), ("test", self.tests)):
            if match := re.match(rf"No {kind} named '(\w+)'", message):
                return f'there is no {kind} "{match[1]}".', suggest(match[1], known)
        hint = "A printed value is `{{ … }}`, a statement `{% … %}`, and a comment `{# … #}`."
        if match := re.match(r"unexpected '(.+)'$", message):
            return f'"{match[1]}" cannot be here.', hint
        return f"this is not a Jinja template: {_sentence(message)}", hint

    def _place(self, error: Exception, most_frequent: bool = False) -> tuple[str | None, int | None]:
        """The template's file and line in a traceback (Jinja has rewritten it to template lines).

        It is the last one, or the `most_frequent` one.
        """
        places = [(path, trace.tb_lineno) for path, trace in self._template_frames(error)]
        if not places:
            return None, None
        return Counter(places).most_common(1)[0][0] if most_frequent else places[-1]

    def _names(self, error: Exception) -> list[str]:
        """The names known in the failing template, which Jinja's rewritten traceback has as locals."""
        frames = self._template_frames(error)
        names = frames[-1][1].tb_frame.f_locals if frames else {}
        return [name for name in names if not name.startswith("_") and name not in self.globals]

    def _template_frames(self, error: Exception) -> list[tuple[str, TracebackType]]:
        """The frames of a traceback that are lines of templates, each with the template's path."""
        frames = []
        trace = error.__traceback__
        while trace is not None:
            if path := self.files.shown(trace.tb_frame.f_code.co_filename):
                frames.append((path, trace))
            trace = trace.tb_next
        return frames

    def _missing(self, error: TemplateNotFound, path: str | None, line: int | None) -> PressroomError:
        name = str(error.name)
        return PressroomError(f'there is no template "{name}".', path, line, self.files.near(name))


def _finalize(write: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """`write` as Jinja's `finalize`; the context keeps Jinja from calling it at compile time."""

    @pass_context
    def finalize(_context: Any, value: Any) -> Any:
        return write(value)

    return finalize


def _sentence(text: str) -> str:
    """Jinja's message as a sentence, in double quotes and without names of classes."""
    text = re.sub(
        r"'(?:[\w.]+\.)?(\w+?)(?:View)? object' has no attribute '(\w+)'", _missing_attribute, text.strip()
    )
    text = re.sub(r"'([^']*)'", r'"\1"', text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _missing_attribute(match: re.Match[str]) -> str:
    """Jinja names the class, which a theme's author never sees; templates use its lower-case word."""
    return f'"{match[1].lower()}" has no "{match[2]}"'
