"""What tests share: people, doubles of the outside world, and readers of our own source. Checked by mypy as the product is."""
