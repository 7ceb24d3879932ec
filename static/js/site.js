// Each module defines one custom element; the pages work without any of them.
