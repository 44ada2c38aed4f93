"""Tab completion in bash, zsh and fish, each with the script that `agelens` prints for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = {  # what Tab would do after `agelens users c` and `agelens score --clo`, in each shell
    "bash": """
eval "$(_AGELENS_COMPLETE=bash_source agelens)"
complete -p agelens > /dev/null
COMP_WORDS=(agelens users c) COMP_CWORD=2 COMPREPLY=(); _agelens_completion agelens; echo "${COMPREPLY[@]}"
COMP_WORDS=(agelens score --clo) COMP_CWORD=2 COMPREPLY=(); _agelens_completion agelens; echo "${COMPREPLY[@]}"
""",
    "zsh": """
compdef() { }
eval "$(_AGELENS_COMPLETE=zsh_source agelens)"
_describe() { print -l -- ${${(P)3}%%:*} }
compadd() { print -l -- ${(P)@[-1]} }
words=(agelens users c) CURRENT=3; _agelens_completion
words=(agelens score --clo) CURRENT=3; _agelens_completion
""",
    "fish": """
_AGELENS_COMPLETE=fish_source agelens | source
complete --do-complete "agelens users c" | string split --fields 1 \\t
complete --do-complete "agelens score --clo" | string split --fields 1 \\t
""",
}


@pytest.fixture
def path_with_agelens(tmp_path: Path) -> str:
    """A PATH that begins with the command of this Python."""
    program = tmp_path / "agelens"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agelens.cli "$@"\n')
    program.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.slow
@pytest.mark.parametrize("shell", SCRIPTS)
def test_tab_completes_commands_and_options(
    shell: str, path_with_agelens: str, tmp_path: Path
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    done = subprocess.run(
        [shell, "-c", SCRIPTS[shell]],
        env={**os.environ, "PATH": path_with_agelens, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == ["create-admin", "--clock"], done.stderr
