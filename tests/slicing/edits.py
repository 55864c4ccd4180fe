"""Edits of random projects: those that reach nothing, and those that may."""

from __future__ import annotations

import ast
import random
import warnings

from slicing.projects import Statements

NEUTRAL = (
    "# a remark", "'a text that stands alone'", "\n\n", "zz1 = 41", "def zz2(x=v0):\n    return g0() + x",
    "import colorsys", "from colorsys import rgb_to_hls as zz3", "zz5 = [v0, v0]",
)  # fmt: skip
"""Statements that bind nothing that is used and run no code that could look at a name before it is bound anew."""


def neutral_edit(project: Statements, dice: random.Random) -> Statements:
    """Add what reaches nothing, below the start, and write some statements in another form."""
    made = {path: list(body) for path, body in project.items()}
    for path, body in made.items():
        for _ in range(dice.randrange(3)):
            body.insert(dice.randrange(12, len(body) + 1) if len(body) > 12 else len(body), dice.choice(NEUTRAL))  # fmt: skip
        for at in range(len(body)):
            if dice.random() < 0.2 and body[at].strip():
                body[at] = _formatted(body[at])
        made[path] = body
    return {path: tuple(body) for path, body in made.items()}


def edit(project: Statements, dice: random.Random) -> Statements:
    """Change one thing anywhere: a number, a statement left out, or one done twice."""
    path = dice.choice(sorted(project))
    body = list(project[path])
    at = dice.randrange(len(body))
    match dice.randrange(4):
        case 0:
            del body[at]
        case 1:
            body.insert(dice.randrange(len(body) + 1), body[at])
        case _:
            body[at] = _other_number(body[at], dice)
    return {**project, path: tuple(body)}


def _formatted(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.unparse(ast.parse(text)) + "  # written anew" if "#" not in text else text


def _other_number(text: str, dice: random.Random) -> str:
    digits = [at for at, letter in enumerate(text) if letter.isdigit() and text[at - 1] in " (["]
    if not digits:
        return text
    at = dice.choice(digits)
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
