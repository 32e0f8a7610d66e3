"""What the assistant knows: the model, staff's files, their checks, and published snapshots."""
