import re

import streamlit as st
from rapidfuzz import fuzz


def words_in(text):
    return {word.strip().lower() for word in re.split(r"[,;\n]", text) if word.strip()}


def compared(mine, wanted):
    have, need = words_in(mine), words_in(wanted)
    found = {one for one in need if any(fuzz.ratio(one, other) > 85 for other in have)}
    return (100 * len(found) / len(need) if need else 0), sorted(found), sorted(need - found)


def tags(words):
    st.markdown(" ".join(f"`{word}`" for word in words))
