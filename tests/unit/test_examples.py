"""Every example in a docstring runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import psychometrics

MODULES = [f"psychometrics.{module.name}" for module in pkgutil.iter_modules(psychometrics.__path__)]


@pytest.mark.parametrize("name", [*MODULES, "export.account.attempt"])
def test_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    """Otherwise the test above says nothing."""
    assert doctest.testmod(importlib.import_module("psychometrics.items")).attempted > 0
