"""Operations: dead runs, queues, and the uptime and health of workers."""
