"""PostgreSQL and Redis for trying, developing and testing Headway, started and stopped by the project itself.

`home` keeps the folder and the passwords, `process` starts and watches processes, `postgres` (with `roles`) and `redis`
know one server each, `keeper` holds a running server, `running` runs commands on them, `__main__` is the command line.
Nothing here imports Django.

Source: docs/adr/0002-embedded-servers.md.
"""
