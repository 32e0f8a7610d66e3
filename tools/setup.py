"""Set the project up on a fresh machine: `.venv` from the lock, a published snapshot, a trained model. Run by `make setup`.

Needs nothing but some Python >= 3.8, git and make. Each step leaves a stamp of what it was made from and is done again only when that
has changed. Rasa 3.6 runs on Python 3.10 alone, so that is looked for on PATH and among pyenv's versions, and else provided by uv.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STATE = os.environ.get("TTHC_HOME") or os.path.join(ROOT, ".tthc")
MODEL = os.environ.get("TTHC_MODEL") or os.path.join(ROOT, "models", "tthc.tar.gz")
KNOWLEDGE = os.environ.get("TTHC_KNOWLEDGE") or os.path.join(ROOT, "knowledge")
LOCK = os.path.join(ROOT, "requirements-dev.txt")
# What a trained model is made from; a new entry in knowledge/ needs no training.
MODEL_SOURCES = ["config.yml", "domain.yml", "nlu_data", "bot/text.py", "bot/understanding", "bot/knowledge/model.py", "requirements.txt"]
SNAPSHOT_SOURCES = [
    "bot/text.py",
    "bot/knowledge",
    "bot/understanding/index.py",
    "bot/understanding/views.py",
    "bot/understanding/classifier.py",
    "bot/understanding/lexicon.py",
]


def say(text):
    print("==> " + text, flush=True)


def fail(text):
    sys.exit("setup: " + text)


def digest(*paths):
    """Return a digest of the files at and below `paths`."""
    total = hashlib.sha256()
    for path in paths:
        if os.path.isfile(path):
            files = [path]
        else:
            files = sorted(f for f in glob.glob(path + "/**/*", recursive=True) if os.path.isfile(f) and "__pycache__" not in f)
        for name in files:
            with open(name, "rb") as handle:
                total.update(os.path.relpath(name, ROOT).encode() + hashlib.sha256(handle.read()).digest())
    return total.hexdigest()


def fresh(stamp, wanted):
    try:
        with open(stamp) as handle:
            return handle.read() == wanted
    except OSError:
        return False


def write_stamp(stamp, text):
    os.makedirs(os.path.dirname(stamp), exist_ok=True)
    with open(stamp, "w") as handle:
        handle.write(text)


def is_310(python):
    try:
        out = subprocess.run([python, "-c", "import sys, venv, ensurepip; print(sys.version_info[:2])"], capture_output=True, text=True)
    except OSError:
        return False
    return out.stdout.strip() == "(3, 10)"


def find_python():
    """Return a Python 3.10 that can make virtual environments, or None."""
    found = [shutil.which("python3.10"), sys.executable]
    found += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.10*/bin/python")), reverse=True)
    return next((p for p in found if p and is_310(p)), None)


def make_venv():
    wanted = digest(LOCK)
    stamp = os.path.join(VENV, ".made-from")
    if fresh(stamp, wanted):
        return
    if not os.path.exists(PYTHON) or not is_310(PYTHON):
        python = find_python()
        if python:
            say("Making .venv with " + python)
            subprocess.check_call([python, "-m", "venv", "--clear", VENV])
        else:
            say("No Python 3.10 here: having uv provide one")
            private = os.path.join(ROOT, ".uv")
            if subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", "--target", private, "uv"]):
                fail("this Python has no working pip: install it (Debian: apt install python3-pip), or a Python 3.10")
            uv = os.path.join(private, "bin", "uv")
            subprocess.check_call([uv, "venv", "--clear", "--seed", "--python", "3.10", VENV])
    say("Installing the locked packages (about 600 MB once; a few minutes)")
    install = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--require-hashes", "-r", LOCK]
    with subprocess.Popen(install, stdout=subprocess.PIPE, text=True) as process:
        show_progress(process)
    if process.returncode:
        fail("pip could not install the locked packages; the lines above say why")
    site = subprocess.check_output([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True).strip()
    with open(os.path.join(site, "tthc.pth"), "w") as handle:
        handle.write(ROOT + "\n")
    command = os.path.join(VENV, "bin", "tthc")
    with open(command, "w") as handle:
        handle.write("#!{}\nimport sys\nfrom bot.cli import main\nsys.exit(main())\n".format(PYTHON))
    os.chmod(command, 0o755)
    write_stamp(stamp, wanted)


def show_progress(process):
    """Print a line every 25 packages and every line that is no progress, so that a long step is seen to move."""
    collected = 0
    for line in process.stdout:
        if line.startswith("Collecting "):
            collected += 1
            if collected % 25 == 0:
                print("    {} packages collected".format(collected), flush=True)
        elif line.startswith(("Installing", "Successfully")):
            print("    " + line.split(":")[0].strip()[:100], flush=True)


def publish():
    wanted = digest(*[os.path.join(ROOT, p) for p in SNAPSHOT_SOURCES], KNOWLEDGE)
    stamp = os.path.join(STATE, "snapshot-made-from")
    if fresh(stamp, wanted) and os.path.exists(os.path.join(STATE, "current")):
        return
    say("Checking and publishing the knowledge")
    if subprocess.call([PYTHON, "-m", "bot.cli", "publish", "--questions", "none"], cwd=ROOT):
        fail("the knowledge files have faults (above); mend them and run again")
    write_stamp(stamp, wanted)


def train():
    wanted = digest(*[os.path.join(ROOT, p) for p in MODEL_SOURCES])
    stamp = MODEL + ".made-from"
    if fresh(stamp, wanted) and os.path.exists(MODEL):
        return
    say("Training the model (about five minutes on two cores)")
    log = os.path.join(STATE, "logs", "train.log")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    started = time.time()
    environment = dict(os.environ, RASA_TELEMETRY_ENABLED="false", SQLALCHEMY_SILENCE_UBER_WARNING="1", TF_CPP_MIN_LOG_LEVEL="3")
    # --force: Rasa's training cache does not see that a component's code has changed.
    rasa = [
        PYTHON,
        "-m",
        "rasa",
        "train",
        "--data",
        "nlu_data",
        "--force",
        "--fixed-model-name",
        os.path.basename(MODEL)[: -len(".tar.gz")],
    ]
    with open(log, "w") as output:
        process = subprocess.Popen([*rasa, "--out", os.path.dirname(MODEL)], cwd=ROOT, env=environment, stdout=output, stderr=output)
        while process.poll() is None:
            time.sleep(0.5)
            if int(time.time() - started) % 15 == 14:
                print("    {:.0f} s".format(time.time() - started), flush=True)
                time.sleep(1)
    if process.returncode or not os.path.exists(MODEL):
        fail("training failed; see " + log)
    write_stamp(stamp, wanted)
    say("Trained in {:.0f} s".format(time.time() - started))


if __name__ == "__main__":
    make_venv()
    publish()
    train()
