"""The contenders, one module per group of rows. A peer is imported inside the function that uses it."""
