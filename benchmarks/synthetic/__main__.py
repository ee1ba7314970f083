"""Write a file of synthetic records.

python -m benchmarks.synthetic projects 100000 projects.geojsonl
python -m benchmarks.synthetic deposits 1000 deposits.geojsonl
"""

import argparse
from pathlib import Path

from benchmarks import synthetic

MAKERS = {"projects": synthetic.projects, "deposits": synthetic.deposits}


def main() -> None:
    """Write as many records as asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("collection", choices=MAKERS)
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    synthetic.write(asked.out, MAKERS[asked.collection](asked.count))


if __name__ == "__main__":
    main()
