"""What can be wrong with the input of a rehearsal. Every one of these ends the command with exit code 2.

InputError                    the tree's root; its text is one line of value, rule and remedy
├── ScenarioError             a scenario is unknown, its file is broken, or its figures break a rule
├── ParameterError            a parameter is unknown, no number, or outside what is plausible
├── DemandError               recorded traffic cannot be read, or says nothing about the doors
├── CalibrationError          a calibration file cannot be read, or its figures break a rule
└── PlanError                 the plan cannot be read from AWS
    ├── GroupNotFound         no Auto Scaling group, or several and none of them named
    └── AccessRefused         AWS refuses a read; the text names the IAM action that is missing
"""

from __future__ import annotations

from collections.abc import Sequence


class InputError(Exception):
    """The input is wrong; `problems` holds every fault that was found, each as one line."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems: Sequence[str] = problems


class ScenarioError(InputError):
    """A scenario is unknown, its file cannot be parsed, or its figures break a rule."""


class ParameterError(InputError):
    """A parameter of the model is unknown, no number, or outside its plausible range."""


class DemandError(InputError):
    """Logs or a table of people cannot be read, break a rule, or hold nobody around the doors."""


class CalibrationError(InputError):
    """A calibration file cannot be read or parsed, or its figures break a rule."""


class PlanError(InputError):
    """What is deployed cannot be read as a plan."""


class GroupNotFound(PlanError):  # noqa: N818 - reads as what happened
    """There is no Auto Scaling group to rehearse, or several and none of them was named."""


class AccessRefused(PlanError):  # noqa: N818 - reads as what happened
    """AWS refused a read-only call; the text names the IAM action to allow."""
