"""Worker: recording to transcript."""
