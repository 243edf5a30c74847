"""Mail of a box: letters read, put together as threads, sent as conversations that grow; recordings in them sent as calls."""
