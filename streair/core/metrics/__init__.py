"""What goes on, in numbers that Prometheus collects.

Each process counts for itself, in plain numbers (`tallies`), and writes them down every two seconds
(`publisher`, `snapshots`). Whoever is asked for `/metrics` adds up what all processes of this machine wrote
(`exposition`), and asks what is true of the whole site (`site`).
"""
