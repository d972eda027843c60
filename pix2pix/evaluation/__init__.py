"""Evaluation: the paper's measures (§4.1, §4.2), and those of every task; real or fake; the tables."""
