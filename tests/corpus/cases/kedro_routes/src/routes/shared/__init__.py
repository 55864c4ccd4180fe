from .prices import parse_price

__all__ = ["parse_price"]
