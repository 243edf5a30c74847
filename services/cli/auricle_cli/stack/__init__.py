"""The whole stack on one machine: real Redis and Postgres from wheels, every service a process of its own."""
