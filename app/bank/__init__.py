"""The question bank: files in, checked questions out; drawing, grading and showing them."""
