"""Compression in three stages. Pure: the same request and the same packs give the same draft.

analysed turns ─► density: a level for each stretch ─► turn_filter, token_filter: what holds no information
               ─► deduplication: repeated sentences ─► selection: what the level must keep ─► cutting: lines
"""

from auricle_compressor.compression.drafting import Draft, compress, written

__all__ = ["Draft", "compress", "written"]
