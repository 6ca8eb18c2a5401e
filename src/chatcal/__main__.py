"""`python -m chatcal` is `chatcal`."""

from chatcal.cli import main

if __name__ == "__main__":
    main()
