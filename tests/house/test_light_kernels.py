"""What a pupil's kernel holds in memory: the page, and no way to the store."""

import subprocess
import sys

HEAVY = (
    "sqlalchemy", "pysqlite3", "psycopg", "argon2", "cryptography", "pandas", "scipy", "pingouin", "voila",
)  # fmt: skip


def test_a_pupils_page_loads_neither_store_nor_keys_nor_statistics():
    """A kernel holds no key and opens no store; what is not imported cannot be used by mistake."""
    script = f"import sys, instrument.screens.leerling; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
