"""English past participles of verbs, as far as names of steps need them: ``process`` -> ``processed``. Pure."""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "bring": "brought", "build": "built", "buy": "bought", "choose": "chosen", "cut": "cut",
    "do": "done", "draw": "drawn", "drive": "driven", "feed": "fed", "find": "found", "fit": "fit",
    "get": "got", "give": "given", "grow": "grown", "hide": "hidden", "hold": "held", "keep": "kept",
    "know": "known", "learn": "learnt", "leave": "left", "lose": "lost", "make": "made",
    "mean": "meant", "pay": "paid", "put": "put", "read": "read", "rebuild": "rebuilt",
    "redo": "redone", "rewrite": "rewritten", "run": "run", "see": "seen", "send": "sent",
    "set": "set", "shrink": "shrunk", "spend": "spent", "split": "split", "spread": "spread",
    "take": "taken", "teach": "taught", "think": "thought", "undo": "undone", "weave": "woven",
    "write": "written",
}  # fmt: skip
_VOWELS = "aeiou"


@lru_cache(maxsize=4096)
def participles(verb: str) -> frozenset[str]:
    """All usual spellings of a verb's past participle.

    >>> sorted(participles("process")), sorted(participles("label")), sorted(participles("split"))
    (['processed'], ['labeled', 'labelled'], ['split', 'splited', 'splitted'])
    """
    forms = set(_regular(verb))
    if verb in _IRREGULAR:
        forms.add(_IRREGULAR[verb])
    return frozenset(forms)


def _regular(verb: str) -> tuple[str, ...]:
    if len(verb) < 2:
        return ()
    if verb.endswith("e"):
        return (verb + "d",)
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return (verb[:-1] + "ied",)
    ends_short = verb[-1] not in _VOWELS + "wxyhk" and verb[-2] in _VOWELS
    if ends_short and (len(verb) < 3 or verb[-3] not in _VOWELS):
        # `plan` -> `planned`, `filter` -> `filtered`, `label` -> either: stress cannot be seen, so both stand.
        return (verb + "ed", verb + verb[-1] + "ed")
    return (verb + "ed",)
