# SPDX-License-Identifier: Apache-2.0
"""One line more of the timeline that the person sees."""

from intake.domain.case import Progress, Step


def with_step(progress: Progress, step: Step) -> Progress:
    """The progress with this as its latest step."""
    return progress.model_copy(update={"steps": (*progress.steps, step)})
