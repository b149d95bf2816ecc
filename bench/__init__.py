"""The side-by-side benchmark: `bench/run.sh` runs it, `bench/README.md` explains it."""
