"""`doctor`: what receivers will think of the domain that the publication sends from."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from pipeline.cli import terminal
from pipeline.cli.options import json_option, now_option, time_or_now, workspace_of


def _parse_resolver(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    try:
        if value.count(":") > 1 and not value.startswith("["):
            return str(ip_address(value)), 53
        parts = urlsplit(f"//{value}")
        return str(ip_address(parts.hostname or "")), parts.port or 53
    except ValueError:
        raise click.BadParameter("write an IP address, as 9.9.9.9 or 127.0.0.1:5353.") from None


@click.command()
@click.option(
    "--resolver",
    metavar="ADDRESS[:PORT]",
    callback=_parse_resolver,
    help="Ask this DNS server, instead of the one of this machine.",
)
@json_option
@now_option
@click.pass_context
def doctor(ctx: click.Context, resolver: tuple[str, int] | None, as_json: bool, now: datetime | None) -> None:
    """Examine the domain that you send from, as receivers will.

    It looks at SPF, DKIM and DMARC, at the servers for mail that comes back, at the mail server with
    its login, at the address that unsubscribes by one click, and at the pages and pictures of the
    latest public issue. Each finding says what to enter where. Nothing is sent.

    \b
    Examples:
      pressroom doctor
      pressroom doctor --resolver 9.9.9.9
    """
    from pipeline.actions.doctor import examine
    from pipeline.deliver.dns import Dns

    workspace = workspace_of(ctx)
    subjects = examine(workspace, Dns(resolver), time_or_now(now, workspace.files.zone))
    lines = [(subject.name, each) for subject in subjects for each in subject.diagnoses]
    levels = [each.level for _, each in lines]
    if as_json:
        terminal.print_json([each for subject in subjects for each in subject.values])
    for name, line in () if as_json else lines:
        head = f"{name:<11} {line.level}: {line.looked_up}: "
        terminal.show_wrapped(terminal.result, head, line, fg=terminal.COLOURS.get(line.level, "green"))
        if line.enter:
            terminal.result(f"    Enter:  {line.enter}")  # never wrapped: it is copied
    if not as_json:
        terminal.result(terminal.count_levels(levels))
    if "error" in levels:
        ctx.exit(1)
