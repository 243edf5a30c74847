"""python -m auricle_cli."""

from auricle_cli.app import main

main()
