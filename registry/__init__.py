"""Records and rules of the registry: what a project, a deposit or a corridor is, and what may be
done with it.
"""
