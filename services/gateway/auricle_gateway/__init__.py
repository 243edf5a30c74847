"""The REST door: the only way in and out. It accepts a recording or turns, makes them durable, and answers 202; it shows, exports and
deletes what came of them. It never waits for an engine, and it never refuses work because a queue is full.
"""
