"""The history's commands: the collector as a process, copies of a store, its forms as files."""
