"""Topic pages: the lesson with live demos, its questions, and how far the learner is."""
