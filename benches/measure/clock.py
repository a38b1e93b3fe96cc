"""Starts programs and keeps their time.

A process is started with posix_spawn and waited for with wait4: wall time is
from the one to the other, CPU time is what the kernel counted, user and
system, of the process and of the children it waited for. Standard output and
error go to /dev/null. Commands that are compared take turns, so that what
else the machine does meets all of them alike.
"""

import dataclasses
import os
import re
import resource
import shutil
import statistics
import subprocess
import time

# A program that takes longer than this is measured once, and one that takes
# longer than the next is measured as often as fits into a budget.
ONCE_SECONDS = 5
SLOW_SECONDS = 0.25
BUDGET_SECONDS = 10

# Both ends of a terminal on which nobody types.
TERMINAL = os.openpty()


class Failed(Exception):
    """A command did not do what it is timed for."""


@dataclasses.dataclass
class Command:
    """A process to be timed.

    `{n}` in an argument or in the input stands for the number of the run, so
    that each `set` stores another value. What `shows` names has to be part of
    the output, which is looked at once, before anything is timed. Standard
    input is a terminal for a program that takes any other for its data.
    """

    argv: list
    env: dict
    cwd: str = "/"
    stdin: str = ""
    shows: str = ""
    terminal: bool = False

    def check(self):
        """Runs it once, looks at what it says, and returns its wall and CPU time in microseconds."""
        start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            self.arguments("check"),
            env=self.env,
            cwd=self.cwd,
            **self.standard_input("check"),
            capture_output=True,
            timeout=300,
            check=False,
        )
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode or self.shows.encode() not in done.stdout:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise Failed(f"{' '.join(self.argv[:4])}: status {done.returncode}: {said[-300:]}")
        return wall * 1e6, cpu * 1e6

    def arguments(self, run):
        """The words with the number of the run in them; the first is a path."""
        words = [word.replace("{n}", str(run)) for word in self.argv]
        return [shutil.which(words[0], path=self.env.get("PATH")) or words[0], *words[1:]]

    def standard_input(self, run):
        """What `subprocess` is told of it."""
        return {"stdin": TERMINAL[1]} if self.terminal else {"input": self.input(run)}

    def input(self, run):
        """The bytes of standard input."""
        return self.stdin.replace("{n}", str(run)).encode()


@dataclasses.dataclass
class Figure:
    """Medians of one command, in microseconds."""

    wall: float
    cpu: float
    runs: int


class Stopwatch:
    """Times commands; its one file holds their standard input."""

    def __init__(self, place, runs):
        self.runs = runs
        self.input = os.path.join(place, "input")
        self.null = os.open("/dev/null", os.O_RDWR)

    def interleave(self, commands, runs=None):
        """Figures of commands by name; one that fails is told and left out."""
        runs = runs or self.runs
        taken, turns = {}, {}
        for name, command in commands.items():
            try:
                first = command.check()
            except (Failed, OSError, subprocess.TimeoutExpired) as error:
                print(f"left out: {name}: {error}", flush=True)
                continue
            seconds = first[0] / 1e6
            taken[name] = [first] if seconds > ONCE_SECONDS else []
            turns[name] = 0 if seconds > ONCE_SECONDS else runs
            if SLOW_SECONDS < seconds <= ONCE_SECONDS:
                turns[name] = min(runs, max(3, int(BUDGET_SECONDS / seconds)))
        for run in range(runs):
            for name, samples in list(taken.items()):
                # Spread over the whole time, not taken at its beginning.
                if (run + 1) * turns[name] // runs == run * turns[name] // runs:
                    continue
                try:
                    samples.append(self.once(commands[name], run))
                except Failed as error:
                    print(f"left out: {name}: {error}", flush=True)
                    del taken[name]
        return {
            name: Figure(
                statistics.median(wall for wall, _ in samples),
                statistics.median(cpu for _, cpu in samples),
                len(samples),
            )
            for name, samples in taken.items()
        }

    def once(self, command, run):
        """Wall and CPU time of one process, in microseconds."""
        argv = command.arguments(run)
        stdin, opened = TERMINAL[1] if command.terminal else self.null, None
        if command.stdin:
            with open(self.input, "wb") as file:
                file.write(command.input(run))
            stdin = opened = os.open(self.input, os.O_RDONLY)
        os.chdir(command.cwd)
        ends = [
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_DUP2, self.null, 1),
            (os.POSIX_SPAWN_DUP2, self.null, 2),
        ]
        start = time.perf_counter_ns()
        pid = os.posix_spawn(argv[0], argv, command.env, file_actions=ends)
        _, status, used = os.wait4(pid, 0)
        wall = (time.perf_counter_ns() - start) / 1e3
        if opened is not None:
            os.close(opened)
        if status:
            raise Failed(f"{' '.join(argv[:4])}: status {status} in run {run}")
        return wall, (used.ru_utime + used.ru_stime) * 1e6


def peak_kib(command):
    """The most memory that a command holds, in KiB, as /usr/bin/time sees it.

    The runner has to be small: a process that is started inherits the peak of
    the one that starts it, so this program cannot ask wait4 itself.
    """
    timed = dataclasses.replace(command, argv=["/usr/bin/time", "-f", "%M", *command.argv])
    done = subprocess.run(
        timed.arguments(0), env=command.env, cwd=command.cwd, **command.standard_input(0),
        capture_output=True, check=False,
    )
    if done.returncode:
        raise Failed(f"{command.argv[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return int(done.stderr.split()[-1])


def flushes(command):
    """How often a command waits for the disk."""
    if not shutil.which("strace"):
        raise Failed("strace is not installed")
    done = subprocess.run(
        ["strace", "-f", "-e", "trace=fsync,fdatasync,syncfs,sync_file_range,msync", *command.arguments("strace")],
        env=command.env, cwd=command.cwd, **command.standard_input("strace"), capture_output=True, check=True,
    )
    return len(re.findall(rb"\w+sync\w*\(", done.stderr))
