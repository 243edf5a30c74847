"""Always on: feeds the streams, finds forgotten runs, sends the outbox, cleans what is given up, deleted or too old."""
