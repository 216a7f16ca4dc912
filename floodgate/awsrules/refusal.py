"""How AWS says no: one exception that carries its error code and a message of value, rule and remedy."""


class Refusal(Exception):  # noqa: N818 - AWS refuses; it is not an error of this program
    """AWS would refuse this request.

    Args:
        code: AWS's error code, e.g. ``ValidationError``.
        value: what was asked for, with its name.
        rule: what AWS allows.
        remedy: what to change.
    """

    def __init__(self, code: str, *, value: str, rule: str, remedy: str) -> None:
        super().__init__(f"{value}: {rule}; {remedy}")
        self.code = code
        self.value = value
        self.rule = rule
        self.remedy = remedy
