"""Small functions as people write them, in groups by the feature of Python that they use.

Each file is a group; a function in it is decorated with `case`, which gives the calls it is made
with. `tests/python/test_corpus.py` makes each call plain, jitted, scripted and traced and compares
all that a program can see; `tools/corpus_table.py` tells how much of each group is compiled.
"""
