"""Reads a deployed plan through boto3, plays an opening against it, judges it and reports."""
