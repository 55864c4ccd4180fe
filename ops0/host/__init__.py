"""The machine ops0 runs on: programs, folders, the engine's socket. Every effect has one door here."""
