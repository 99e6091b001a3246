"""`weerglas`: one command for everybody who runs the monitor; composes the packages, holds no logic."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

import click

COMMANDS: Final = {
    "demo": "commands.demo:demo",
    "serve": "commands.serve:serve",
    "broker": "commands.processes:broker",
    "office": "commands.processes:office",
    "workers": "commands.processes:workers",
    "init": "commands.school:init",
    "school": "commands.school:school",
    "account": "commands.school:account",
    "afname": "commands.afname:afname",
    "codes": "commands.afname:codes",
    "bank": "commands.bank:bank",
    "inhoud": "commands.inhoud:inhoud",
    "rapport": "commands.report:rapport",
    "extract": "commands.extract:extract",
    "verantwoording": "commands.verantwoording:verantwoording",
    "levering": "commands.levering:levering",
    "backup": "commands.backup:backup",
    "doctor": "commands.doctor:doctor",
}
OUR_PACKAGES: Final = {"instrument", "psychometrics", "export"}
WRONG_INPUT: Final = 2


class FrontDoor(click.Group):
    """Imports a command when it is asked for: `weerglas --help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the names in the order of a year."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command; a fault that our packages name is told in its own words, without a traceback.

        Any other exception is a bug, and keeps its traceback.
        """
        try:
            return super().invoke(ctx)
        except Exception as fault:
            if type(fault).__module__.partition(".")[0] not in OUR_PACKAGES:
                raise
            for line in str(fault).splitlines():
                click.echo(f"weerglas: {line}", err=True)
            sys.exit(WRONG_INPUT)


@click.group(cls=FrontDoor, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="weerglas")
def main() -> None:
    """Weerglas: the open monitor of social safety for Dutch schools.

    Start with `weerglas demo`: simulated schools, one open afname, everything on this machine.
    """


if __name__ == "__main__":
    main()
