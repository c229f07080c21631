"""The smallest example: `braze dump examples/gelu.py:gelu --args 'f32[n]' --stage optimized`."""

import numpy as np

import braze


@braze.jit
def gelu(x):
    return 0.5 * x * (1.0 + np.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))
