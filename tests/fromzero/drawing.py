"""The timeline as a picture: work above, pods below, losses as lines."""

from pathlib import Path

from fromzero.cluster import Cluster


def draw(cluster: Cluster, target: Path, title: str) -> None:
    """An SVG whose bytes depend on the figures only."""
    import matplotlib as mpl  # the benches' own, and not installed for the unit tests

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "auricle"
    from matplotlib import pyplot as plt

    minutes = [one.seconds / 60 for one in cluster.samples]
    figure, (work, pods) = plt.subplots(2, 1, sharex=True, figsize=(10, 6), layout="constrained")
    for name in ("asr", "score"):
        streams = [stream for stream in cluster.samples[0].waiting if name in stream]
        work.plot(minutes, [sum(one.waiting[key] for key in streams) for one in cluster.samples], label=f"XLEN {name}")
    for number, name in enumerate(cluster.samples[0].running):
        colour = f"C{number}"
        pods.step(minutes, [one.running[name] for one in cluster.samples], colour, where="post", label=name)
        pods.step(minutes, [one.desired[name] for one in cluster.samples], colour, where="post", linestyle=":")
    for at, said in cluster.events:
        for axes in (work, pods):
            axes.axvline(at / 60, color="grey", linewidth=0.8)
        pods.annotate(said, (at / 60, pods.get_ylim()[1]), rotation=90, va="top", ha="right", fontsize=7)
    work.set(title=title, ylabel="waiting and in flight")
    pods.set(xlabel="modelled minutes", ylabel="pods: running, desired (dotted)")
    for axes in (work, pods):
        axes.legend(loc="upper right")
        axes.grid(alpha=0.3)
    figure.savefig(target, metadata={"Date": None})
    plt.close(figure)
