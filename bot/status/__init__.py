"""How the bot is doing, told to machines: whether it lives, whether it is ready, and what it counts."""
