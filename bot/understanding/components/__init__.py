"""The Rasa graph components of the pipeline, one a file; docs/components.md has a page on each."""
