"""The repairs' own machinery: replacing, keeping the original, putting it back."""

import types
from typing import Any

from floodgate.offline.repairs import patching
from floodgate.offline.repairs.patching import patch, replace, unrepaired


class Base:
    def inherited(self):
        return "base"


class Moto(Base):
    def method(self):
        return "plain"

    @property
    def size(self):
        return 1

    @classmethod
    def kind(cls):
        return cls.__name__


def repaired():
    """A class of its own for each test, with every kind of attribute replaced."""
    owner = type("Moto", (Base,), dict(vars(Moto)))

    @patch(owner, "method")
    def method(self):
        return f"repaired {method.original(self)}"

    @patch(owner, "size")
    def size(self):
        return size.original(self) + 1

    @patch(owner, "kind")
    def kind(cls):
        return f"repaired {kind.original(cls)}"

    @patch(owner, "inherited")
    def inherited(self):
        return f"repaired {inherited.original(self)}"

    @patch(owner, "missing")
    def missing(self):
        assert missing.original is None
        return "completed"

    replace(owner, "constant", 7)
    return owner


def test_methods_properties_class_methods_and_inherited_ones_are_replaced_and_know_their_original():
    owner = repaired()

    assert owner().method() == "repaired plain"
    assert owner().size == 2
    assert owner.kind() == "repaired Moto"
    assert owner().inherited() == "repaired base"
    assert owner().missing() == "completed"
    assert owner.constant == 7


def test_without_repairs_the_plain_parts_are_back_for_a_while():
    owner = repaired()

    with unrepaired():
        assert owner().method() == "plain"
        assert owner().size == 1
        assert owner().inherited() == "base"
        assert not hasattr(owner, "missing")
        assert not hasattr(owner, "constant")
    assert owner().method() == "repaired plain"
    assert owner().missing() == "completed"


def test_two_repairs_of_one_method_build_on_each_other_and_both_come_off():
    owner = repaired()

    @patch(owner, "method")
    def again(self):
        return f"again {again.original(self)}"

    assert owner().method() == "again repaired plain"
    with unrepaired():
        assert owner().method() == "plain"
    assert owner().method() == "again repaired plain"


def test_applying_twice_changes_nothing():
    module: Any = types.ModuleType("somewhere")
    module.answer = lambda: 1

    def apply():
        @patch(module, "answer")
        def answer():
            return answer.original() + 1

    apply()
    count = len(patching.REPAIRS)
    apply()

    assert len(patching.REPAIRS) == count
    assert module.answer() == 2
