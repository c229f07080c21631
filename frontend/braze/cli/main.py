"""The commands, listed."""

import click

import braze
from braze.cli.bench import bench
from braze.cli.cache import cache
from braze.cli.doctor import doctor
from braze.cli.dump import dump
from braze.cli.explain import explain
from braze.cli.opt import opt
from braze.cli.profile import profile
from braze.cli.run import run
from braze.cli.sweep import sweep


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(braze.__version__, prog_name="braze")
def main():
    """See, run and measure what braze makes of NumPy functions.

    \b
    Example:
      braze dump examples/gelu.py:gelu --args 'f32[n]' --stage optimized
    """


for command in (dump, run, explain, profile, bench, sweep, opt, cache, doctor):
    main.add_command(command)
