"""Which result to compare with: the one before, else the one after, by the same clock."""

from agelens.client import Client, Task

LOOKED_AT = 10


def link(client: Client, task: Task) -> tuple[str, str]:
    """Where the comparison is, and what to call it."""
    recent = client.history_page(status="succeeded", model=task.model.name, limit=LOOKED_AT)
    return place(task.id, [found.id for found in recent.items])


def place(task_id: str, newest_first: list[str]) -> tuple[str, str]:
    """The same from the ids alone."""
    if task_id not in newest_first:
        return f"/compare?b={task_id}", "Compare with another result"
    at = newest_first.index(task_id)
    if at + 1 < len(newest_first):
        return f"/compare?a={newest_first[at + 1]}&b={task_id}", "Compare with the previous result"
    if at > 0:
        return f"/compare?a={task_id}&b={newest_first[at - 1]}", "Compare with the next result"
    return f"/compare?b={task_id}", "Compare with another result"
