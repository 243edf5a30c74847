"""Compression in three stages. Pure: the same request and the same packs give the same draft.

read turns ─► density: levels of stretches ─► structure: whole turns (whole), inside turns (inside)
           ─► meaning: said again (meaning) ─► depth: what a stretch must keep (selection) ─► lines (cutting)
"""

from auricle_compressor.compression.drafting import Draft, compress, written

__all__ = ["Draft", "compress", "written"]
