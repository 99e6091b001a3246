"""Every example in a docstring runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import psychometrics

MODULES = [module.name for module in pkgutil.walk_packages(psychometrics.__path__, "psychometrics.")]


@pytest.mark.parametrize("name", [*MODULES, "export.account.attempt"])
def test_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    """Otherwise the test above says nothing."""
    assert doctest.testmod(importlib.import_module("psychometrics.items")).attempted > 0
