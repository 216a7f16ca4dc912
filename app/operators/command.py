"""Command of the operators: hashes of passwords for the settings."""

from __future__ import annotations

import secrets
import sys

import click

from app.operators.passwords import LEAST_LENGTH, SALT_BYTES, hashed


@click.command("operator-password")
def operator_password() -> None:
    """Ask for a password and print its hash for the settings' `operators`.

    Reads one line where the input is no terminal. The password itself is kept nowhere.
    """
    if sys.stdin.isatty():
        hint = f"Password ({LEAST_LENGTH} characters at least)"
        password = click.prompt(hint, hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        click.echo(hashed(password, secrets.token_bytes(SALT_BYTES)))
    except ValueError as error:
        raise click.UsageError(str(error)) from error
