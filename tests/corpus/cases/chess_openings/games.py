"""Games of a month: which openings win, and how good the moves were."""
import io
import os
from collections import Counter
from dataclasses import dataclass

import chess
import chess.engine
import chess.pgn
import chess.svg
import httpx
import polars as pl
import zstandard
from peewee import CharField, FloatField, IntegerField, Model, PostgresqlDatabase
from tenacity import retry, stop_after_attempt, wait_exponential

MONTH = os.environ.get("MONTH", "2024-01")
database = PostgresqlDatabase("games", host=os.environ.get("DB_HOST"))


class Opening(Model):
    eco = CharField(primary_key=True)
    games = IntegerField()
    score = FloatField()

    class Meta:
        database = database


@dataclass
class Played:
    eco: str
    result: float
    plies: int


@retry(stop=stop_after_attempt(4), wait=wait_exponential())
def download(url, path):
    with httpx.stream("GET", url) as answer, open(path, "wb") as out:
        for block in answer.iter_bytes():
            out.write(block)
    return path


def texts(path):
    with open(path, "rb") as raw:
        reader = zstandard.ZstdDecompressor().stream_reader(raw)
        for block in io.TextIOWrapper(reader, encoding="utf-8").read().split("\n\n\n"):
            yield block


def game_of(text):
    return chess.pgn.read_game(io.StringIO(text))


def played(game):
    score = {"1-0": 1.0, "0-1": 0.0}.get(game.headers["Result"], 0.5)
    return Played(game.headers.get("ECO", "?"), score, game.end().ply())


def last_board(game):
    board = game.board()
    for move in game.mainline_moves():
        board.push(move)
    return board


def position(board):
    return board.fen()


def key_of(fen):
    return " ".join(fen.split()[:4])


def legal(board):
    return sorted(board.san(move) for move in board.legal_moves)


def judged(board, depth=12):
    with chess.engine.SimpleEngine.popen_uci("stockfish") as engine:
        info = engine.analyse(board, chess.engine.Limit(depth=depth))
    return info["score"].white().score(mate_score=10_000)


def drawn(board, path):
    with open(path, "w") as out:
        out.write(chess.svg.board(board, size=350))


def summed(rows):
    return (
        pl.DataFrame([vars(one) for one in rows]).group_by("eco").agg(pl.len().alias("games"), pl.col("result").mean())
    )


def frequent(openings, least=100):
    return openings.filter(pl.col("games") >= least)


def kept(openings):
    with database.atomic():
        for eco, games, score in openings.iter_rows():
            Opening.replace(eco=eco, games=games, score=score).execute()


def centipawns(scores):
    return Counter(round(one, -2) for one in scores if one is not None)


def main():
    path = download(f"https://games.example/{MONTH}.pgn.zst", "month.pgn.zst")
    games = [game_of(one) for one in texts(path)]
    boards = [last_board(one) for one in games]
    kept(frequent(summed([played(one) for one in games])))
    print(centipawns([judged(one) for one in boards[:50]]))
    print(Counter(key_of(position(one)) for one in boards), legal(boards[0]))
    drawn(boards[0], "last.svg")


if __name__ == "__main__":
    main()
