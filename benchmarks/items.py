"""How many requests a second do the API's six most asked reads take, and how does that grow?

    python -m benchmarks.items --projects 100000 --clients 1 8 --rounds 3
    python -m benchmarks.items --projects 10000 100000 1000000 --clients 1
    python -m benchmarks.items --projects 100000 --writer
    python -m benchmarks.items --projects 100000 --peer tipg=http://127.0.0.1:9001/collections/projects/items

Ours is `qadam serve --workers 2` on a store of synthetic projects, filled by `qadam import`. Beside
it stand the ceiling (the same server that sends our bytes as they are) and any OGC API server of
which the address of the items is given; it shall serve the same projects, each with a column
`country` and `sector`. Addresses vary from request to request by a seeded list, the same for
all; load comes from wrk. Every round asks all of them in turn; ratios are taken within a round,
and their median is told. `--writer` changes 20 projects a second meanwhile.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import orjson
from scipy.spatial import cKDTree
from sqlalchemy import func, select

from benchmarks import synthetic
from benchmarks.servers import QADAM, WORKERS, ceiling, get, load, serving
from registry import queries, records, spatial
from registry.actors import Actor
from registry.collections import PROJECTS
from registry.database.store import REGISTRY_FILE, Store, open_store
from registry.filters import Filter, Page
from registry.models import Project
from registry.vocabulary import COUNTRY_TERMS, SECTORS

ADDRESSES = 2_000
CHANGES_A_SECOND = 20
CHECKED = 5
MEASURED = 200
IN_A_WINDOW = 50
OURS, CEILING = "qadam", "ceiling"


@dataclass(frozen=True, slots=True)
class Target:
    """A server: the address of its items, what each address asks besides, ids that it has, and
    windows of about as many projects each.
    """

    name: str
    items: str
    besides: dict[str, str] = field(default_factory=dict)
    ids: Sequence[Any] = ()
    windows: Sequence[str] = ()

    def page(self, **asked: Any) -> str:
        """Return the address of a page."""
        return f"{self.items}?{urlencode(asked | self.besides, safe=',')}"

    def item(self, dice: random.Random) -> str:
        """Return the address of one item."""
        besides = f"?{urlencode(self.besides)}" if self.besides else ""
        return f"{self.items}/{dice.choice(self.ids)}{besides}"


Ask = Callable[[Target, random.Random, int], str]


def _of_kind(limit: int) -> Ask:
    return lambda target, dice, count: target.page(
        country=dice.choice(COUNTRY_TERMS).slug, sector=dice.choice(SECTORS).slug, limit=limit
    )


CASES: dict[str, Ask] = {
    "limit 10": lambda t, dice, n: t.page(limit=10, offset=dice.randrange(100)),
    "limit 1000": lambda t, dice, n: t.page(limit=1_000, offset=dice.randrange(1_000)),
    "small bbox": lambda t, dice, n: t.page(bbox=dice.choice(t.windows), limit=100),
    "country + sector, limit 10": _of_kind(10),
    "country + sector, limit 1000": _of_kind(1_000),
    "offset 50,000": lambda t, dice, n: t.page(
        limit=10, offset=min(50_000, n // 2) + dice.randrange(1_000)
    ),
    "one item": lambda t, dice, n: t.item(dice),
}
Figures = dict[str, list[float]]
"""Requests a second of each server, one a round."""
Rates = dict[tuple[str, int], tuple[float, float]]
"""Of a case and so many clients: our requests a second, and the mean bytes of an answer."""


def main() -> None:
    """Print a table for each number of projects, then the growth."""
    asked = _arguments()
    if not shutil.which("wrk"):
        sys.exit("The load comes from wrk; install it (Debian: wrk).")
    ours: dict[int, Rates] = {}
    with ExitStack() as stack:
        keep = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in asked.projects:
            folder = _filled(keep / str(count), count)
            ours[count] = _measure(folder, count, asked)
    for few, many in pairwise(sorted(ours)):
        print(f"\n{few:,} to {many:,} projects: times as long for a request, times as many bytes")
        for case, clients in ours[few]:
            (before, small), (after, large) = (ours[n][case, clients] for n in (few, many))
            print(f"  {case:30} {clients} clients {before / after:6.2f} {large / small:6.2f}")


def _measure(folder: Path, count: int, asked: argparse.Namespace) -> Rates:
    with ExitStack() as stack:
        store = open_store(folder, None)
        stack.callback(store.close)
        ids = _ids(store)
        windows = _windows(store)
        ours = Target(OURS, stack.enter_context(serving(folder)), ids=ids, windows=windows)
        _prove(store, ours, count)
        bodies = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for number, case in enumerate(CASES):
            address = CASES[case](ours, random.Random(1), count)
            (bodies / str(number)).write_bytes(get(address))
        bare = stack.enter_context(ceiling(bodies))
        peers = [_peer(text, windows) for text in asked.peer]
        if asked.writer:
            return _beside_a_writer(store, ours, count, asked)
        return _compare(ours, bare, peers, count, asked)


def _compare(
    ours: Target, bare: str, peers: Sequence[Target], count: int, asked: argparse.Namespace
) -> Rates:
    print(f"\n{count:,} projects, {WORKERS} workers; requests a second, of {asked.rounds} rounds")
    medians = {}
    for number, case in enumerate(CASES):
        able = [peer for peer in peers if _filters(peer, case, count)]
        lists = {each.name: _addresses(each, case, count) for each in (ours, *able)}
        lists[CEILING] = [f"{bare}/{number}"]
        for clients in asked.clients:
            figures: Figures = {}
            for _ in range(asked.rounds):
                for name, addresses in lists.items():
                    rate = load(addresses, clients, asked.seconds)
                    figures.setdefault(name, []).append(rate)
            medians[case, clients] = statistics.median(figures[OURS]), _bytes(lists[OURS])
            _tell(case, clients, figures)
    return medians


def _beside_a_writer(store: Store, ours: Target, count: int, asked: argparse.Namespace) -> Rates:
    print(f"\n{count:,} projects; requests a second alone, then with {CHANGES_A_SECOND} changes")
    medians = {}
    for case in CASES:
        addresses = _addresses(ours, case, count)
        for clients in asked.clients:
            pairs = []
            for _ in range(asked.rounds):
                alone = load(addresses, clients, asked.seconds)
                with _writing(store) as changed:
                    beside = load(addresses, clients, asked.seconds)
                pairs.append((alone, beside, changed() / asked.seconds))
            kept = statistics.median(beside / alone for alone, beside, _ in pairs)
            alone, beside, changes = (
                statistics.median(column) for column in zip(*pairs, strict=True)
            )
            medians[case, clients] = alone, _bytes(addresses)
            print(
                f"  {case:30} {clients} clients {alone:10,.0f} {beside:10,.0f}"
                f"   keeps {kept:5.2f} ({changes:.0f} changes a second)",
                flush=True,
            )
    return medians


def _tell(case: str, clients: int, figures: Figures) -> None:
    print(f"  {case}, {clients} clients", flush=True)
    for name, rates in figures.items():
        told = f"    {name:12} {statistics.median(rates):10,.0f}"
        pairs = [(us, rate) for us, rate in zip(figures[OURS], rates, strict=True) if rate]
        if not pairs:
            told += "   no answer in the time"
        elif name != OURS:
            told += f"   qadam is {statistics.median(us / rate for us, rate in pairs):8.2f} x"
        print(told, flush=True)


def _addresses(target: Target, case: str, count: int) -> list[str]:
    dice = random.Random(case)
    return [CASES[case](target, dice, count) for _ in range(ADDRESSES)]


def _bytes(addresses: Sequence[str]) -> float:
    return statistics.mean(len(get(address)) for address in addresses[:MEASURED])


def _filters(peer: Target, case: str, count: int) -> bool:
    """Whether a peer's answers hold what was asked for, and nothing beside it."""
    for address in _addresses(peer, case, count)[:CHECKED]:
        said = orjson.loads(get(address))
        asked = dict(pair.split("=", 1) for pair in address.partition("?")[2].split("&") if pair)
        features = said.get("features", [said])
        for name in ("country", "sector"):
            if any(
                each["properties"][name] != asked.get(name, each["properties"][name])
                for each in features
            ):
                print(f"  {case}: {peer.name} does not filter by {name}; left out")
                return False
        if len(features) > int(asked.get("limit", 1)):
            print(f"  {case}: {peer.name} gives {len(features)} records; left out")
            return False
    return True


def _prove(store: Store, ours: Target, count: int) -> None:
    """Stop where an answer is not what a look at the records gives."""
    for case in CASES:
        for address in _addresses(ours, case, count)[:CHECKED]:
            said = orjson.loads(get(address))
            if said["type"] == "Feature":
                _hold(address.endswith(f"/{said['id']}"), address)
                continue
            args: dict[str, list[str]] = {}
            for pair in address.split("?")[1].split("&"):
                name, _, text = pair.partition("=")
                args[name] = [text]
            asked = Filter.parse(args, PROJECTS)
            page = Page.parse(args, PROJECTS)
            with store.reading() as session:
                where = queries.conditions(session, PROJECTS, asked, True)
                matched = session.scalar(select(func.count(Project.id)).where(*where))
                texts = queries.features(session, PROJECTS, asked, page, public_only=True)
            _hold(said["numberMatched"] == matched, f"{address} matches {said['numberMatched']}")
            _hold(said["numberReturned"] == len(said["features"]), address)
            _hold(
                [each["id"] for each in said["features"]] == [each.ref for each in texts], address
            )


def _hold(claim: bool, otherwise: str) -> None:
    if not claim:
        sys.exit(f"Wrong: {otherwise}")


@contextmanager
def _writing(store: Store) -> Iterator[Callable[[], int]]:
    """Change projects one by one, 20 a second, through the registry; gives how many were."""
    stop, changed = threading.Event(), [0]

    def change() -> None:
        dice, ids, due = random.Random(0), _keys(store), time.monotonic()
        while not stop.wait(due - time.monotonic()):
            due += 1 / CHANGES_A_SECOND
            with store.writing() as session:
                row = session.get(Project, dice.choice(ids))
                assert row is not None
                row.summary = f"Changed {dice.random()}"
                records.touch(session, PROJECTS, [row], Actor("bench", "admin"), "revise", "")
            changed[0] += 1

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield lambda: changed[0]
    finally:
        stop.set()
        thread.join()


def _keys(store: Store) -> list[int]:
    with store.reading() as session:
        return list(session.scalars(select(Project.id)))


def _ids(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(Project.ref).where(Project.publication == "public")))


def _windows(store: Store) -> list[str]:
    """Boxes around places of projects that reach as far as the next 50, however dense they lie."""
    with store.reading() as session:
        sides, joined = spatial.boxes(session, Project)
        found = session.execute(select(*sides).where(*joined)).all()
    west, south, east, north = np.array(found).T
    places = np.column_stack([west + east, south + north]) / 2
    middles = np.random.default_rng(1).choice(places, ADDRESSES)
    reach = cKDTree(places).query(middles, k=[IN_A_WINDOW], p=np.inf)[0]
    corners = np.hstack([middles - reach, middles + reach]).tolist()
    return [",".join(f"{side:.5f}" for side in box) for box in corners]


def _peer(text: str, windows: Sequence[str]) -> Target:
    """A peer as given: NAME=ADDRESS of its items, with what each address asks besides."""
    name, _, address = text.partition("=")
    items, _, query = address.partition("?")
    besides = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    target = Target(name, items, besides, windows=windows)
    page = orjson.loads(get(target.page(limit=1_000)))
    return replace(target, ids=[each["id"] for each in page["features"]])


def _filled(folder: Path, count: int) -> Path:
    """A store of so many synthetic projects, made where it is not there."""
    if not folder.exists():
        with tempfile.NamedTemporaryFile(suffix=".geojsonl") as file:
            synthetic.write(Path(file.name), synthetic.projects(count))
            for words in (["init", "--empty"], ["import", file.name]):
                subprocess.run([*QADAM, *words, "--data", folder], check=True)
    with (folder / REGISTRY_FILE).open("rb") as file:  # what was never read is a matter of disks
        while file.read(1 << 24):
            pass
    return folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--projects", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=ADDRESS")
    parser.add_argument("--writer", action="store_true", help="20 changes a second meanwhile")
    parser.add_argument("--keep", type=Path, help="folder of stores that are used again")
    return parser.parse_args()


if __name__ == "__main__":
    main()
