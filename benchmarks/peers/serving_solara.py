"""The pupil's widget under Solara, which also keeps many pupils in one process."""

import solara  # type: ignore[import-not-found]  # in an environment of its own

from instrument.screens import leerling


@solara.component  # type: ignore[untyped-decorator]  # the same
def Page() -> None:  # noqa: N802 - Solara looks for this name
    """Show the survey as a trial: nothing is stored."""
    solara.display(solara.use_memo(leerling.survey, []))
