"""TOML: the parser of the standard library, or its twin where that has none."""

import sys

if sys.version_info >= (3, 11):
    from tomllib import load, loads
else:
    from tomli import load, loads

__all__ = ["load", "loads"]
