"""The command's input: what is wrong with it is told in one line, and the exit code is 2.

Runs against the real service are in tests/service/load.
"""

import contextlib
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.load.command import command
from app.load.running import Request, run


@contextlib.contextmanager
def answering(answer):
    """A server that says this to one request after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def loop():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def told(capsys, **options):
    code = run(replace(Request("kdca-august-2021"), **options))
    error = capsys.readouterr().err
    return code, error


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"scenario": "kdca-august"}, "did you mean 'kdca-august-2021'?"),
        ({"scenario": "none.toml"}, "cannot be read"),
        ({"scale": 0.0}, "scale is 0, but it must be above 0"),
        ({"speed": -1.0}, "speed is -1"),
        ({"url": "localhost"}, "--url is 'localhost', but it must be http://host:port"),
        (
            {"url": "http://127.0.0.1:1"},
            "nothing answers at 127.0.0.1:1 (refused); start it with `python -m app serve`",
        ),
        ({"report": Path("report.pdf")}, "must end with .html or .json"),
        ({"report": Path("/none/report.html")}, "its folder does not exist"),
    ],
)
def test_wrong_input_is_told_in_one_line_with_exit_code_2(options, words, capsys):
    code, error = told(capsys, **options)

    assert code == 2
    assert words in error
    assert error.count("\n") == 1
    assert error.startswith("app load: ")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answers with 404"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
            "is not the document of a waiting room",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
            "is not the document of a waiting room",
        ),
        (b"what?\r\n\r\n", "nothing answers at 127.0.0.1"),
    ],
)
def test_something_that_is_not_the_service_is_told(answer, words, capsys):
    with answering(answer) as url:
        code, error = told(capsys, url=url)

    assert code == 2
    assert words in error
    assert error.count("\n") == 1


def test_a_step_that_nothing_can_send_is_told(tmp_path, capsys):
    path = tmp_path / "dance.toml"
    path.write_text(
        'title = "x"\npeople = 1\npatience_s = 1\nretry_s = 1\ngive_up_share = 0\narrivals = [[0, 0.0], [1, 1.0]]\n'
        '[[journey]]\nname = "dance"\nkind = "dance"\n'
    )
    code, error = told(capsys, scenario=str(path))

    assert code == 2
    assert "'dance', but only enter, identity, search, hold, confirm can be sent" in error


def test_every_option_of_the_command_reaches_the_run():
    options = {parameter.name for parameter in command.params}

    assert options == set(Request.__slots__)


def test_help_tells_the_exit_codes():
    shown = CliRunner().invoke(command, ["--help"])

    assert shown.exit_code == 0
    assert "Exit code 0" in shown.output
