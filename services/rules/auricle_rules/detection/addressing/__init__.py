"""How an agent calls the customer: the record's name, what stands where a name is addressed, and whether the two agree.

record ─► CustomerName ─┐
message ─► runs of words where somebody is addressed ─► each word beside the name ─► Address: ok, or one fault
"""
