"""The review page: server-rendered, a client of the gateway, without a database, without scripts or styles of others."""
