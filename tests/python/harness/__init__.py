"""What the tests stand on: a real server, a database a test, the project run by real processes, a gate between them."""
