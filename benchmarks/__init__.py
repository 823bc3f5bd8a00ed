"""What the product must reach, measured: `python -m benchmarks`, behind `make bench`.

Each module here with a function `measure(bench)` is a benchmark; its name is the module's.
"""
