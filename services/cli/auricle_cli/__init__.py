"""`auricle`: a client of the gateway, and the launcher of the whole house on one machine. Imports no other service."""
