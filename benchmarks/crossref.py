"""How fast are the k nearest deposits of every project, and are they the right ones?

    python -m benchmarks.crossref --projects 1000 10000 100000 --deposits 10000 100000

Peers, each where it is installed: PostGIS (LATERAL <-> on geography, re-ranked by ST_Distance) and
geopandas (pairs by dwithin in an equal-area projection, then the best k, one to four metres
in a thousand off). Both take an edge for a
geodesic or a straight line of the projection; on edges as short as here that is within metres.
Every round times all of them on the same data; ratios are of medians.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.ellipsoid import GEOD
from geo.nearest import k_nearest
from tests import postgis
from tests.geo.brute import dense_distance

Shapes = NDArray[np.object_]
Answer = tuple[NDArray[np.intp], NDArray[np.float64]]
"""The left indices, and the distance of each pair in metres."""

AREA = (46.0, 35.0), (88.0, 56.0)
SAMPLE = 12
"""Projects whose answer is held to brute force."""

MANY = 3e9
"""Above so many possible pairs geopandas, which lists all within the distance, is left out."""


@dataclass(frozen=True, slots=True)
class Task:
    """One cell of the table."""

    projects: Shapes
    deposits: Shapes
    k: int
    metres: float


def main() -> None:
    """Print a line for each size and peer."""
    asked = _arguments()
    print(f"{asked.k} nearest within {asked.km:g} km; seconds are medians of {asked.rounds}")
    with _peers(asked.alone) as peers:
        for kind in asked.kinds:
            seconds: dict[int, dict[int, float]] = {}
            for deposits in asked.deposits:
                for projects in asked.projects:
                    task = Task(
                        draw(kind, projects, 1), draw(kind, deposits, 2), asked.k, asked.km * 1000
                    )
                    print(f"\n{kind}: {projects:,} projects x {deposits:,} deposits")
                    seconds.setdefault(deposits, {})[projects] = _compare(task, peers, asked.rounds)
            _print_growth(kind, seconds)


def draw(kind: str, count: int, seed: int) -> Shapes:
    """Return points, or 80 % points, 15 % polygons of 5-40 corners and 5 % lines."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(*AREA, (count, 2))
    shapes = np.asarray(shapely.points(places), dtype=object)
    if kind == "mixed":
        for at in np.flatnonzero(rng.random(count) < 0.2):
            shapes[at] = (_polygon if rng.random() < 0.75 else _line)(places[at], rng)
    return shapes


def _polygon(place: NDArray[np.float64], rng: np.random.Generator) -> shapely.Polygon:
    corners = rng.integers(5, 41)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radii = rng.uniform(0.3, 1, corners) * rng.uniform(0.01, 0.08)  # 1 to 9 km
    return shapely.Polygon(
        place + np.column_stack((np.cos(angles), np.sin(angles))) * radii[:, None]
    )


def _line(place: NDArray[np.float64], rng: np.random.Generator) -> shapely.LineString:
    return shapely.LineString(place + np.cumsum(rng.normal(0, 0.05, (rng.integers(2, 30), 2)), 0))


def qadam(task: Task) -> Answer:
    """Answer by this project's engine."""
    pairs = k_nearest(task.projects, task.deposits, task.k, task.metres)
    return pairs.left, pairs.distance_m


def geopandas(task: Task) -> Answer:
    """Answer by geopandas: all pairs within the distance in a flat projection, the best k."""
    import geopandas as gpd  # noqa: PLC0415  # slow to import, and only here

    flat = "+proj=laea +lat_0=45 +lon_0=67 +ellps=WGS84"
    left, right = (
        gpd.GeoSeries(shapes, crs="OGC:CRS84").to_crs(flat).to_numpy()
        for shapes in (task.projects, task.deposits)
    )
    j_tree = shapely.STRtree(right)
    i, j = j_tree.query(left, predicate="dwithin", distance=task.metres)
    metres = shapely.distance(left[i], right[j])
    order = np.lexsort((metres, i))
    i, metres = i[order], metres[order]
    first = np.flatnonzero(np.diff(i, prepend=-1))
    rank = np.arange(len(i)) - np.repeat(first, np.diff(np.append(first, len(i))))
    return i[rank < task.k], metres[rank < task.k]


RERANKED = """
SELECT p.id, d.metres FROM project p CROSS JOIN LATERAL (
  SELECT * FROM (
    SELECT ST_Distance(p.place, d.place) AS metres FROM deposit d
    WHERE ST_DWithin(p.place, d.place, %s) ORDER BY p.place <-> d.place LIMIT %s
  ) near ORDER BY metres LIMIT %s
) d"""


class PostGis:
    """The same question in PostgreSQL."""

    name = "PostGIS, LATERAL <-> re-ranked"

    def __init__(self, server: str) -> None:
        """Connect to a cluster of our own."""
        self.connection = psycopg.connect(f"{server} dbname=postgres", autocommit=True)
        self.connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        self.connection.execute("SET max_parallel_workers_per_gather = 2")
        self.loaded: Task | None = None

    def load(self, task: Task) -> None:
        """Fill and index both tables; not timed."""
        for table, shapes in (("project", task.projects), ("deposit", task.deposits)):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")
            self.connection.execute(
                f"CREATE TABLE {table} (id integer, place geography(geometry, 4326))"
            )
            texts = shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f"COPY {table} FROM STDIN") as copy,
            ):
                for row in enumerate(texts):
                    copy.write_row(row)
            self.connection.execute(f"CREATE INDEX ON {table} USING gist (place)")
            self.connection.execute(f"VACUUM ANALYZE {table}")
        self.loaded = task

    def __call__(self, task: Task) -> Answer:
        """Answer, and fetch the rows."""
        if self.loaded is not task:
            self.load(task)
        rows = self.connection.execute(RERANKED, (task.metres, task.k + 5, task.k)).fetchall()
        table = np.array(rows, dtype=np.float64).reshape(-1, 2)
        return table[:, 0].astype(np.intp), table[:, 1]


@contextmanager
def _peers(alone: bool) -> Iterator[dict[str, Callable[[Task], Answer]]]:
    peers: dict[str, Callable[[Task], Answer]] = {"qadam": qadam}
    if alone:
        yield peers
        return
    peers["geopandas, dwithin"] = geopandas
    if reason := postgis.why_not():
        print(f"PostGIS is left out: {reason}")
        yield peers
        return
    with postgis.cluster() as server:
        yield peers | {PostGis.name: PostGis(server)}


def _compare(task: Task, peers: dict[str, Callable[[Task], Answer]], rounds: int) -> float:
    """Print how long each took and how right it was; return the seconds of ours."""
    taken: dict[str, list[float]] = {}
    answers: dict[str, Answer] = {}
    pairs = float(len(task.projects)) * len(task.deposits)
    peers = {name: ask for name, ask in peers.items() if ask is not geopandas or pairs <= MANY}
    for ask in peers.values():
        if isinstance(ask, PostGis):
            ask.load(task)
    for _ in range(rounds):  # peers take turns, so that other work on the machine meets all
        for name, ask in peers.items():
            start = time.perf_counter()
            answers[name] = ask(task)
            taken.setdefault(name, []).append(time.perf_counter() - start)
    truth = _truth(task)
    ours = statistics.median(taken["qadam"])
    for name, runs in taken.items():
        seconds = statistics.median(runs)
        recall, error = _exactness(answers[name], truth)
        print(
            f"  {name:32} {seconds:8.3f} s  {seconds / ours:7.1f} x ours"
            f"  right {recall:6.1%}  worst error {error:9.3f} m"
        )
    return ours


def _truth(task: Task) -> dict[int, NDArray[np.float64]]:
    """Return the k least distances of some projects, by brute force."""
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(task.projects), min(SAMPLE, len(task.projects)), replace=False)
    return {int(at): _least(task.projects[at], task) for at in chosen}


def _least(project: BaseGeometry, task: Task) -> NDArray[np.float64]:
    # The nearest by centres, then by far more than the k nearest of those exactly.
    centres = shapely.get_coordinates(shapely.centroid(task.deposits))
    x, y = shapely.get_coordinates(shapely.centroid(project))[0]
    count = len(centres)
    rough = np.asarray(GEOD.inv(np.full(count, x), np.full(count, y), *centres.T)[2])
    near = np.argsort(rough)[: 20 * task.k]
    exact = np.array([dense_distance(project, task.deposits[at]) for at in near])
    return np.sort(exact[exact <= task.metres])[: task.k]


def _exactness(answer: Answer, truth: dict[int, NDArray[np.float64]]) -> tuple[float, float]:
    """Return which share of the true distances was found within a metre, and the worst error."""
    right = total = 0
    worst = 0.0
    for at, expected in truth.items():
        got = np.sort(answer[1][answer[0] == at])[: len(expected)]
        errors = np.abs(got - expected[: len(got)])
        right += int((errors < 1).sum())
        total += len(expected)
        worst = max(worst, float(errors.max(initial=0)))
    return right / max(total, 1), worst


def _print_growth(kind: str, seconds: dict[int, dict[int, float]]) -> None:
    for deposits, by_size in seconds.items():
        sizes = sorted(by_size)
        for small, large in pairwise(sizes):
            times = by_size[large] / by_size[small]
            fair = large * math.log(large) / (small * math.log(small))
            print(
                f"{kind}, {deposits:,} deposits: {small:,} to {large:,} projects takes "
                f"{times:.1f} x as long (n log n: {fair:.1f})"
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--projects", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--deposits", type=int, nargs="+", default=[10_000])
    parser.add_argument("--kinds", nargs="+", default=["points", "mixed"])
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--km", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="without peers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
