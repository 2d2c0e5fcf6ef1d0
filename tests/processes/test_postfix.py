"""A sign-in whose mail goes through Postfix, where it is installed: queue, reply, code."""

import os
import pwd
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import running, smtp_sink
from tests.support.calling import ask
from tests.support.running import Mailbox, awaited, command, free_port, stopped_after

# A Postfix of its own: it takes mail on a port of loopback and hands all of it to our sink.
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/lib
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.service.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = check_recipient_access
 inline:{{{{full@example.org = 450 4.2.1 Mailbox busy}}}}, permit
smtp_tls_security_level = none
disable_dns_lookups = yes
smtp_host_lookup = native
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
"""
MASTER = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def postfix(folder, port, sink):
    binary = shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        pytest.skip("Postfix is not installed (Debian: apt-get install postfix)")
    if os.geteuid() != 0:
        pytest.skip("Postfix starts as root alone")
    config = folder / "etc"
    for name in (config, folder / "queue", folder / "lib"):
        name.mkdir()
    os.chown(folder / "lib", pwd.getpwnam("postfix").pw_uid, -1)
    (config / "main.cf").write_text(MAIN.format(folder=folder, sink=sink))
    (config / "master.cf").write_text(MASTER.format(port=port))
    for name in ("etc", "queue", "lib", ""):
        (folder / name).chmod(0o755)
    # In the foreground: `start` waits for its master, but not for long enough on a busy machine.
    master = subprocess.Popen([binary, "-c", config, "start-fg"])
    try:
        yield
    finally:
        subprocess.run([binary, "-c", config, "stop"], capture_output=True, check=True)
        master.wait(60)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.spec("D1", "D2", "D4", "D7")
def test_a_code_goes_through_postfix_and_opens_the_session(tmp_path_factory, tmp_path):
    # Postfix changes its user, and must be able to walk to its folders.
    folder = Path(os.path.realpath(tmp_path_factory.mktemp("postfix", numbered=True)))
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    port = free_port()
    with smtp_sink.sink() as sink, postfix(folder, port, sink.port):
        awaited(lambda: listens(port))
        mailbox = Mailbox(sink)
        env = {
            "SEKISHO_SMTP_URL": f"smtp://127.0.0.1:{port}?starttls=no",
            "SEKISHO_MAIL_FROM": running.MAIL_FROM,
            "SEKISHO_SIGN_UP": "open",
        }
        data = tmp_path / "data"
        with stopped_after(running.serve(data, env=env)) as served:
            flow = ask(served.caller, "noor@example.org", locale="ja")
            letter = mailbox.letter("noor@example.org", flow.challenge["label"])
            assert letter["Received"] is not None, "it did not come by way of Postfix"
            assert "auto-generated" == letter["Auto-Submitted"]
            code = mailbox.code("noor@example.org", flow.challenge["label"])
            assert 200 == flow.answer(code).status

            ask(served.caller, "full@example.org")
            # Nobody answers for that one now: the person may ask again, the mail is tried again.
            awaited(lambda: [one for one in told(data, env) if one.startswith("deferred 450")])
            assert [one for one in told(data, env) if "handed_over 250 2.0.0 Ok: queued as" in one]


def told(data, env):
    """Where the messages stood, each with what the mail server said to it."""
    listed = command("message", "list", "--data", data, "--json", env=env).json["data"]
    steps = [step for message in listed for step in message["timeline"]]
    return [f"{step['state']} {step['detail'] or ''}" for step in steps]
