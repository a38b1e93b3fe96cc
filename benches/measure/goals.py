"""What the program promises of itself, measured: a row is a figure, its goal, and whether it is met."""

import dataclasses
import hashlib
import json
import os
import statistics
import subprocess
import time

from . import ours as program
from .clock import Command, Failed, flushes, peak_kib

LARGE = 100_000
ITERATIONS = 600_000


@dataclasses.dataclass
class Row:
    """One promise; `goal` is the most that it allows, in the unit of `figure`."""

    what: str
    figure: float
    unit: str
    goal: float
    detail: str

    @property
    def met(self):
        return self.figure <= self.goal

    def text(self):
        """The row as it is printed."""
        shown = f"{self.figure:.2f}{self.unit}"
        goal = f"<= {self.goal:g}{self.unit}"
        return f"{self.what:62} {shown:>10} {goal:>10}  {'met' if self.met else 'NOT MET':8} {self.detail}"


class Goals:
    """Measures each promise; what cannot be measured here is said and left out."""

    def __init__(self, ours, watch, root, place, quick):
        self.ours, self.watch, self.root, self.place, self.quick = ours, watch, root, place, quick
        self.bare = program.rustc(
            root, "benches/measure/bare.rs", os.path.join(place, "bare"), program.is_static(ours.program)
        )
        self.rows = []

    def measure(self):
        """All rows."""
        parts = [self.size, self.reading, self.running, self.memory, self.writing, self.cold, self.derivation]
        for part in parts:
            try:
                part()
            except (Failed, OSError, subprocess.SubprocessError) as error:
                print(f"left out: {part.__name__}: {error}", flush=True)
        return self.rows

    def row(self, what, figure, goal, detail="", unit="x"):
        row = Row(what, figure, unit, goal, detail)
        self.rows.append(row)
        print(row.text(), flush=True)

    def ratio(self, what, figures, name, base, goal):
        """A row of the wall times of two commands of one comparison."""
        one, other = figures.get(name), figures.get(base)
        if one and other:
            detail = f"{one.wall:,.0f} against {other.wall:,.0f} us wall, {one.cpu:,.0f} against {other.cpu:,.0f} us CPU"
            self.row(what, one.wall / other.wall, goal, detail)

    def size(self):
        self.row("size of the program", os.path.getsize(self.ours.program) / 2**20, 4, unit=" MiB")

    def places(self):
        """Vaults of all sizes by what is said of them."""
        sizes = {f"get of {count:,}": [count] for count in (10, 1_000, 10_000)}
        if not self.quick:
            sizes[f"get of {LARGE:,} in 10 environments"] = [LARGE // 10] * 10
            sizes[f"get of {LARGE:,} in one environment"] = [LARGE]
        return {what: self.ours.vault("-".join(map(str, size)), size) for what, size in sizes.items()}

    def reading(self):
        env = self.ours.env
        places = self.places()
        commands = {"empty": Command([self.bare], env), "true": Command(["/bin/true"], env)}
        for what, place in places.items():
            commands[what] = self.ours.get(place, 10)
        figures = self.watch.interleave(commands, self.watch.runs * 5)
        for what in places:
            large = f"{LARGE:,}" in what
            self.ratio(f"{what}, against an empty program", figures, what, "empty", 2.5 if large else 2.0)
        self.ratio("get of 10,000, against /bin/true", figures, "get of 10,000", "true", 1.0)
        get = figures["get of 10,000"]
        print(f"get of 10,000: {1e6 / get.cpu:,.0f} a second on one core, by its CPU time")

    def running(self):
        place = self.ours.fill(100)
        variables = [f"{name}={value}" for name, value in program.pairs(100)]
        figures = self.watch.interleave(
            {
                "env": Command(["/usr/bin/env", "-i", *variables, "/bin/true"], self.ours.env),
                "run": self.ours.command(place, "run", "--", "/bin/true"),
            },
            self.watch.runs * 5,
        )
        self.ratio("run -- true with 100, against env -i true", figures, "run", "env", 2.0)

    def memory(self):
        what, place = list(self.places().items())[-1]
        peak = peak_kib(self.ours.get(place, 10))
        least = peak_kib(Command([self.bare], self.ours.env))
        self.row(f"peak memory: {what}", peak / 1024, 8, f"an empty program: {least / 1024:.2f} MiB", " MiB")

    def writing(self):
        place = self.ours.vault("set", [1_000])
        command = self.ours.set(place, 1_000)
        for run in range(12):
            # Until the oldest version gives way to the newest: then the file has its size.
            self.watch.once(command, f"fill-{run}")
        waits = flushes(command)
        size = os.path.getsize(os.path.join(place, ".vault", "vault.json"))
        directory = os.path.join(self.place, "bare-set")
        os.makedirs(directory, exist_ok=True)
        bare = [self.bare, f"{directory}/vault.json", str(size), f"{directory}/log", "400", str(waits)]
        figures = self.watch.interleave({"bare": Command(bare, self.ours.env), "set": command})
        self.ratio(f"set of 1,000, against {waits} flushes of {size:,} bytes", figures, "set", "bare", 1.5)

    def derivations(self, rounds):
        """Cold `get`, our derivation and OpenSSL's in turns: three lists of microseconds."""
        inside = program.bench(self.root)
        estimates = os.path.join(self.place, "criterion", "derive", str(ITERATIONS), "new", "estimates.json")
        cold = self.ours.cold(10)
        cold.check()
        gets, bare, openssl = [], [], []
        for run in range(rounds):
            gets += [self.watch.once(cold, run)[0] for _ in range(3)]
            subprocess.run(
                [inside, "--bench", "derive", "--warm-up-time", "0.1", "--measurement-time", "0.5",
                 "--nresamples", "1000"],
                env={**os.environ, "CRITERION_HOME": os.path.join(self.place, "criterion")},
                cwd=self.root, check=True, capture_output=True,
            )
            with open(estimates, encoding="utf-8") as file:
                bare.append(json.load(file)["median"]["point_estimate"] / 1e3)
            for _ in range(3):
                start = time.perf_counter_ns()
                hashlib.pbkdf2_hmac("sha256", program.PASSPHRASE.encode(), bytes(32), ITERATIONS)
                openssl.append((time.perf_counter_ns() - start) / 1e3)
        return gets, bare, openssl

    def cold(self):
        lists = self.derivations(3 if self.quick else max(10, self.watch.runs // 3))
        get, self.own, self.openssl = (statistics.median(figures) for figures in lists)
        detail = f"{get:,.0f} against {self.own:,.0f} us wall"
        self.row("get with a passphrase, against its derivation", get / self.own, 1.1, detail)

    def derivation(self):
        import ssl

        if not hasattr(self, "own"):
            raise Failed("our own derivation was not measured")
        detail = f"{self.own:,.0f} against {self.openssl:,.0f} us; {ssl.OPENSSL_VERSION}"
        self.row("PBKDF2, against OpenSSL's", self.own / self.openssl, 0.6, detail)
