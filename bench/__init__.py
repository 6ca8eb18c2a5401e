"""What chatcal costs, as ratios taken in one run: `make bench`."""
