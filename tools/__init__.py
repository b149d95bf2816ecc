"""Programs that keep this project in order: none of them is part of the package."""
