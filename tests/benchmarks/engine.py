"""Time the engine: training steps beside PyTorch and bare products, and every demo.

    uv run python tests/benchmarks/engine.py

One thread, float64, everything in one process: the ratios are what counts, not the milliseconds.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Started as a script, this file would be found under the name of the package it measures.
    sys.path[0] = str(Path(__file__).parents[2])
    from tests.benchmarks.engine_cases import main, mlp_case
    from tests.benchmarks.engine_layers import attention_case, conv_case, lstm_case

    main([mlp_case, attention_case, lstm_case, conv_case])
