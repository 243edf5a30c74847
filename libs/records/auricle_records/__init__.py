"""Postgres and the blob store: the truth, and the bytes it points to. Redis carries ids only and may be emptied at any moment.

`database` opens transactions under a workspace's row security; `conversations`, `runs`, `results`, `outbox`, … hold one noun each and are
the only writers of their tables; `blobs` is a folder or S3; `paths` says where a blob lies.
"""
