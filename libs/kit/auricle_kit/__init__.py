"""What every process needs, one module a topic. Knows no store.

settings, log, errors, problems, web, metrics, tracing, drain, sealing, metering, egress, process, child_process, intervals, audio.
"""
