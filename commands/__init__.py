"""The front door: one module per group of commands; composes the packages, holds no logic of its own."""
