"""The benchmark's plots, as PNG files beside docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

FOLDER = Path(__file__).resolve().parents[1] / "docs/img/benchmarks"
BINS = 10


def save(name: str) -> str:
    """Write the current figure as `name` and return the Markdown that shows it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    plt.tight_layout()
    plt.savefig(FOLDER / f"{name}.png", dpi=110, metadata={"Software": None})
    plt.close()
    return f"![{name}](img/benchmarks/{name}.png)"


def by_variant(shares: Mapping[str, Mapping[str, float]]) -> str:
    """Plot the share named first, by who ranked and by variant; return the Markdown."""
    plt.figure(figsize=(9, 5))
    variants = list(next(iter(shares.values())))
    for at, (who, reached) in enumerate(shares.items()):
        plt.bar(
            [x + at / (len(shares) + 1) for x in range(len(variants))], [reached[v] for v in variants], 1 / (len(shares) + 1), label=who
        )
    plt.xticks([x + 0.4 for x in range(len(variants))], variants)
    plt.ylabel("right procedure first")
    plt.ylim(0, 1)
    plt.legend(fontsize=7, loc="upper right")
    return save("by-variant")


def risk_coverage(answers: Sequence[tuple[float, bool]]) -> str:
    """Plot how often the first procedure is wrong among the surest share of questions; `answers`: its probability and whether it is right."""
    ordered = sorted(answers, reverse=True)
    wrong, risks = 0, []
    for at, (_, right) in enumerate(ordered, 1):
        wrong += not right
        risks.append(wrong / at)
    plt.figure(figsize=(6, 4))
    plt.plot([at / len(ordered) for at in range(1, len(ordered) + 1)], risks)
    plt.xlabel("share of questions answered, the surest first")
    plt.ylabel("wrong among them")
    plt.ylim(0, max(0.05, *risks))
    return save("risk-coverage")


def reliability(answers: Sequence[tuple[float, bool]]) -> str:
    """Plot the share right by the probability told, in tenths; `answers`: probability and whether it is right."""
    bins: list[list[bool]] = [[] for _ in range(BINS)]
    for likely, right in answers:
        bins[min(BINS - 1, int(likely * BINS))].append(right)
    plt.figure(figsize=(5, 5))
    plt.plot([0, 1], [0, 1], "--", linewidth=0.8)
    filled = [(at + 0.5) / BINS for at, held in enumerate(bins) if held]
    plt.plot(filled, [sum(held) / len(held) for held in bins if held], "o-")
    for x, held in zip(filled, (h for h in bins if h)):
        plt.annotate(str(len(held)), (x, sum(held) / len(held)), textcoords="offset points", xytext=(4, -10), fontsize=7)
    plt.xlabel("probability told (figures: questions in the tenth)")
    plt.ylabel("share right")
    return save("reliability")


def latency(milliseconds: Sequence[float]) -> str:
    """Plot how long questions take; return the Markdown."""
    plt.figure(figsize=(6, 3.5))
    plt.hist(milliseconds, bins=40)
    plt.xlabel("milliseconds a question, all of the assistant in one process")
    plt.ylabel("questions")
    return save("latency")
