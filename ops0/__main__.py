"""``python -m ops0``: the program ``ops0``, for an environment whose programs are not on the PATH."""

from ops0.cli.start import main

if __name__ == "__main__":
    main()
