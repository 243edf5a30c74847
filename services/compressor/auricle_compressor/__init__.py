"""HTTP: transcript to digest. What a person says with sounds is dropped with its reason; what carries meaning stays verbatim.

Three stages: structure (fillers, sounds, echoes), meaning (said again: once, with the count), depth by the density of each stretch.
"""
