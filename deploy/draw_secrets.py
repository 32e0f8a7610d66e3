"""Draws the secrets of a deployment into a folder, one file each; what is there already is kept.

    python3 deploy/draw_secrets.py [FOLDER] [--postgres HOST] [--redis HOST] [--rabbitmq HOST]

deploy/compose.yml reads the files as they are. For Kubernetes, name the hosts of your servers and give them the passwords that were drawn;
`kubectl create secret generic tthc --from-file=FOLDER` makes the Secret. Any Python 3 runs this.
"""

import argparse
import os
import secrets
import sys
from pathlib import Path


def drawn(postgres="postgres", redis="redis", rabbitmq="rabbitmq"):
    """Return every file's name and text; the arguments are the hosts of the servers."""
    password = {
        name: secrets.token_hex(24) for name in ("postgres", "redis", "rabbitmq")
    }  # in hexadecimal, so that a URL takes it as it is
    return {
        "secret": secrets.token_hex(32),
        "dossiers_key": secrets.token_hex(32),
        "metrics_token": secrets.token_hex(24),
        "grafana_password": secrets.token_hex(12),
        "postgres_password": password["postgres"],
        "database_url": "postgresql://tthc:{}@{}:5432/tthc".format(password["postgres"], postgres),
        "redis_conf": 'requirepass {}\nsave ""\nappendonly no\nmaxmemory 400mb\nmaxmemory-policy noeviction\n'.format(password["redis"]),
        "redis_url": "redis://:{}@{}:6379/0".format(password["redis"], redis),
        "rabbitmq_conf": "default_user = tthc\ndefault_pass = {}\n".format(password["rabbitmq"]),
        "rabbitmq_url": "amqp://tthc:{}@{}:5672/".format(password["rabbitmq"], rabbitmq),
    }


def write(folder, files):
    """Write the files that `folder` does not hold; return their names. Half a set is left alone: its files belong together."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # nobody else comes in; inside, containers of other users must read
    there = [name for name in files if (folder / name).exists()]
    if there and len(there) < len(files):
        missing = ", ".join(sorted(set(files) - set(there)))
        raise SystemExit(f"{folder}: some secrets are there and {missing} are not; put these back, or take all away")
    if there:
        return []
    for name, text in files.items():
        path = folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as file:
            file.write(text)
        path.chmod(0o644)
    return list(files)


def main(arguments):
    """Draw what is missing and tell the names of the files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "secrets")
    for server in ("postgres", "redis", "rabbitmq"):
        parser.add_argument("--" + server, default=server, metavar="HOST")
    given = parser.parse_args(arguments)
    made = write(given.folder, drawn(given.postgres, given.redis, given.rabbitmq))
    print("{}: {}".format(given.folder, "drew " + ", ".join(made) if made else "all there, nothing changed"))


if __name__ == "__main__":
    main(sys.argv[1:])
