"""`python -m chatcal` is `chatcal`."""

from chatcal.cli import main

main()
