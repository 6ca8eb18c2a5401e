"""Events, revisions, and the feeds that hold them."""
