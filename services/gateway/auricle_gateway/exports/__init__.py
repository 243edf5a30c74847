"""Reports as files: the analysts' sheet and the tables behind it, as Excel, CSV or Parquet, however many conversations there are."""
