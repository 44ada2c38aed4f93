"""Jupyter kernel manager whose kernel dies with the process that runs the notebook.

Usage: python -m agelens.jobs.notebooks.kernel PARENT_PID ...   (the rest is ipykernel's)

ipykernel looks for its parent once a second, from a thread that a busy kernel may keep waiting.
"""

import sys

from agelens.jobs.process_supervision import die_with

if __name__ == "__main__":
    die_with(int(sys.argv.pop(1)))
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
