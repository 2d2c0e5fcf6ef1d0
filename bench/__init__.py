"""The bench: what one request costs, here and beside two peers. No part of the product.

`uv run python -m bench` does all of it; the README of this folder says what the figures mean.
"""
