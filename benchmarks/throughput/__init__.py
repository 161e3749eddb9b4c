"""How fast the bot is beside what limits it: `python -m benchmarks.throughput`."""
