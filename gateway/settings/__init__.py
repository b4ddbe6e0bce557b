"""What an operator may set: typed, with the path and the nearest known key in each error.

``secret`` values that must not be shown · ``schema`` every setting, its default and its meaning ·
``load`` file, environment, errors · ``render`` ``etc/relevo.toml`` and the reference page.
"""
