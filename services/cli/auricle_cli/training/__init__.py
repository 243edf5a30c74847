"""`auricle train`: labels to a data set, a data set to an adapter, its table and curve, and the adapter into the product."""
