"""``make bench``: the speed and memory of each stage of a sync."""
