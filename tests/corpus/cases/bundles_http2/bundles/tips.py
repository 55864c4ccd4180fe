def tip(confidence: float, urgency: float, base: int, share: float) -> int:
    return int(base * (1 + confidence * share) + urgency)
