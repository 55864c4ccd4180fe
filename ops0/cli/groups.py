"""A command that has commands: its help says of each what it does, and what is wrong with one says which it was."""

from __future__ import annotations

import click

__all__ = ["Group"]


class Group(click.Group):
    """As click's own, but for two things that it leaves out."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. Click does not say of an option without its value which command had it."""
        try:
            return super().invoke(ctx)
        except click.UsageError as fault:
            name = ctx.invoked_subcommand
            command = None if fault.ctx is not None or name is None else self.get_command(ctx, name)
            if command is not None:
                fault.ctx = click.Context(command, parent=ctx, info_name=name)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its whole first sentence, which click cuts where the line ends."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(1_000)) for name, one in commands.items() if one]
            )
