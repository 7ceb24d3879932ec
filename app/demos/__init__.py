"""Live demos of the engine: runs, pages, and JSON for programs."""
