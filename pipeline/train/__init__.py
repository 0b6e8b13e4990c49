"""Training of the embedded model, and the gold data it learns from."""
