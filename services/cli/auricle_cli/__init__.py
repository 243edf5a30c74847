"""`auricle`: a client of the gateway, and the launcher of the whole stack on one machine. Imports no other service."""
