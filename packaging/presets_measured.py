"""Train presets to their stated length with several seeds, judge them, and write what they reach.

    python packaging/presets_measured.py --presets ring-wgan-gp digits-wgan-gp --seeds 2

What was measured is kept in packaging/evidence/presets/results.jsonl, a line for each run: runs that are
there already are not repeated, so the table can grow. Delete a line to measure it anew.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, stdev
from typing import Any

PLACE = Path(__file__).parent
RESULTS = PLACE / "evidence" / "presets" / "results.jsonl"
TABLE = PLACE / "PRESETS_MEASURED.md"
CPU_PRESETS = (
    "ring-wgan-gp", "ring-wgan", "ring-gan", "grid-wgan-gp", "swissroll-wgan-gp", "digits-wgan-gp",
    "digits-gan", "digits-dcgan", "digits-r1", "digits-improved-gan", "digits-conditional", "digits-wgan",
)  # fmt: skip
SUBSETS = {"mnist-dcgan": {"data.limit": 10_000}}  # of data that must be given, by preset
POINTS = ("w1", "w1_real", "js", "modes_covered", "good_share")
IMAGES = (
    "classifier_fid", "swd", "precision", "recall", "coverage", "ms_ssim", "nearest_ratio", "classes_hit",
    "class_divergence",
)  # fmt: skip
SAMPLES = 2000
HEAD = """# What the presets reach

Measured by `python packaging/presets_measured.py --presets NAME... --seeds N`, which trains each preset to
its stated length once for each seed (0, 1, ...), with one thread on a CPU, and judges its last generator
against its training data. A figure with "±" is the mean over the seeds and their standard deviation. The runs
behind the tables, with machine, load and all facts of each figure, are the lines of
[evidence/presets/results.jsonl](evidence/presets/results.jsonl).

Times are of training alone. These runs had a low priority on a machine that other programs kept busy ("load"
is the mean number of processes that wanted one of its two cores when a run began), so the time that passed
says little of a free machine; processor time, where it was taken, says more. What is trained depends on
neither. Classifier FID, classes hit and their divergence are figures of a small classifier trained
on the data's own labels, and precision, recall and coverage are taken among its features: they are not
comparable with published ones. MNIST is trained on a subset of 10,000 images.
"""


def measure(name: str, seed: int, data: Path | None) -> dict[str, Any]:
    """Train a preset with a seed and judge it; MNIST's with a subset of the data in the folder ``data``."""
    from ganstudio.data.dataset import silent
    from ganstudio.engine.trainer import Trainer
    from ganstudio.evaluation.evaluate import Reference, Request, evaluate
    from ganstudio.experiment.files import preset
    from ganstudio.experiment.parse import with_values

    chosen = preset(name)
    load = os.getloadavg()[0]
    began, spent = time.perf_counter(), time.process_time()
    values: dict[str, Any] = {"seed": seed}
    if name in SUBSETS:
        values |= SUBSETS[name] | {"data.path": str(data.expanduser().absolute()) if data else ""}
    trainer = Trainer(with_values(chosen.experiment, values), device="cpu", threads=1)
    endings = [event.reason for event in trainer.run(chosen.iterations) if hasattr(event, "reason")]
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    reference = Reference(trainer.dataset, trainer.held_out)
    figures = POINTS if len(trainer.dataset.sample_shape) == 1 else IMAGES
    if trainer.dataset.modes is None:
        figures = tuple(f for f in figures if f not in {"modes_covered", "good_share"})
    judged = evaluate(
        trainer.snapshot(), reference, Request(figures=figures, samples=SAMPLES), progress=silent
    )
    return {
        "preset": name,
        "seed": seed,
        "ended": endings[-1],
        "iterations": trainer.iteration,
        "seconds": round(trainer.clock.seconds(), 1),
        "wall": round(wall, 1),
        "cpu": round(cpu, 1),
        "load": round(load, 1),
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "figures": {key: round(value, 6) for key, value in judged.figures.items()},
        "facts": dict(judged.facts),
    }


def machine() -> str:
    """Processor, cores, and the versions that matter."""
    import torch

    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if os.name == "posix" else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    processor = models[0] if models else platform.machine()
    return (
        f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
    )


def table(results: list[dict[str, Any]]) -> str:
    """All results as Markdown: one table for points, one for images."""
    from ganstudio.experiment.files import presets
    from ganstudio.metrics import FIGURES

    parts = [HEAD, f"\nMachines: {'; '.join(sorted({r['machine'] for r in results}))}.\n"]
    for heading, figures in (("2-D data", POINTS), ("Images", IMAGES)):
        names = [
            n for n in presets() if any(r["preset"] == n and figures[0] in r["figures"] for r in results)
        ]
        if not names:
            continue
        about = ("Preset", "Iterations", "Seeds", "Processor time (s)", "Time (s)", "Load")
        columns = [*about, *(FIGURES[f].title for f in figures)]
        lines = [columns, ["---"] * len(columns)]
        for name in names:
            runs = [r for r in results if r["preset"] == name]
            lines.append(
                [
                    name,
                    f"{max(r['iterations'] for r in runs):,}",
                    ", ".join(str(r["seed"]) for r in runs),
                    _range([r["cpu"] for r in runs if "cpu" in r]),
                    _range([r["seconds"] for r in runs]),
                    _range([r["load"] for r in runs]),
                    *(_mean([r["figures"][f] for r in runs if f in r["figures"]]) for f in figures),
                ]
            )
        parts.append(f"\n## {heading}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines))
    return "".join(parts)


def _mean(values: list[float]) -> str:
    if not values:
        return "–"
    around = f" ± {stdev(values):.2g}" if len(values) > 1 else ""
    return f"{mean(values):.3g}{around}"


def _range(values: list[float]) -> str:
    if not values:
        return "–"
    low, high = min(values), max(values)
    return f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"


def read(path: Path) -> list[dict[str, Any]]:
    """What was measured before."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    """Measure what is missing, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--presets", nargs="*", default=list(CPU_PRESETS), metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds 0 to N - 1")
    parser.add_argument("--data", type=Path, metavar="DIR", help="MNIST's folder, for mnist-dcgan")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    parser.add_argument("--table", type=Path, default=TABLE, metavar="FILE")
    arguments = parser.parse_args()
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    for seed in range(arguments.seeds):
        for name in arguments.presets:
            if any((r["preset"], r["seed"]) == (name, seed) for r in read(arguments.results)):
                continue
            print(f"{name}, seed {seed}", flush=True)
            line = json.dumps(measure(name, seed, arguments.data), ensure_ascii=False)
            with arguments.results.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    if results := read(arguments.results):
        arguments.table.write_text(table(results), encoding="utf-8")
        print(table(results))


if __name__ == "__main__":
    main()
