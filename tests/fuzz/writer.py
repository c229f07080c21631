"""What all generators of random programs share: choosing, writing lines and blocks."""

import linecache
import random
import re

import numpy as np


class Writer:
    """Writes the body of a random function; ``source`` is the text of the program."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.depth = 0

    def pick(self, *options):
        return self.random.choice(options)

    def chance(self, probability):
        return self.random.random() < probability

    def add(self, *lines):
        self.lines += ["    " * (self.depth + 1) + line for line in lines]

    def fill(self, form, depth=2):
        """Return a form with what `place` gives in each of its places, such as ``{N}``."""
        return re.sub(r"\{(\w)\}", lambda found: self.place(found[1], depth), form)

    def place(self, kind, depth):
        """Write what stands in a place of this kind."""
        raise NotImplementedError

    def block(self, header, *first):
        """Write a compound statement: its first lines are given, the rest is random."""
        self.add(header)
        self.depth += 1
        self.add(*first)
        for _ in range(self.random.randint(1, 3)):
            self.statement()
        self.end_block(header)
        self.depth -= 1

    def end_block(self, header):
        """Write what a block may end with."""

    def statement(self):
        raise NotImplementedError

    def finish(self, header, prelude=""):
        self.source = f"{prelude}{header}\n" + "\n".join(self.lines) + "\n"


_made = 0


def function_of(source, name="f"):
    """Return a function of a program, with source that `inspect` finds."""
    global _made
    _made += 1
    file = f"<program {_made}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space = {"np": np, "__name__": "program"}
    exec(compile(source, file, "exec"), space)
    return space[name]
