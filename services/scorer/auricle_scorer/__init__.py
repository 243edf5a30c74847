"""Worker of the step `evaluate`: compresses, asks rules and model, checks the evidence, writes the evaluation."""
