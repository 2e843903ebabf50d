"""`completion`: the script with which a shell completes commands, issues, tags and targets."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from pipeline.cli import terminal

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    Examples:
      pressroom completion bash \\
        > ~/.local/share/bash-completion/completions/pressroom
      pressroom completion zsh > ~/.zfunc/_pressroom
      pressroom completion fish > ~/.config/fish/completions/pressroom.fish
    """
    script = _SHELLS[shell](ctx.find_root().command, {}, "pressroom", "_PRESSROOM_COMPLETE")
    # Not `source()`: for bash it starts another bash, to warn about versions before 4.4.
    terminal.result(script.source_template % script.source_vars())
