"""Which files of the service's pages the edge serves, and what the waiting page may run.

Browsers' judgement of the policy is proved by the tests in a browser, which serve the same page with the same hashes.
"""

import base64
import hashlib

from infra.edge.page_files import content_security_policy, page_files


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_folders_page_is_found_under_the_folder_and_under_its_own_name(tmp_path):
    (tmp_path / "wait").mkdir()
    (tmp_path / "wait" / "index.html").write_text("<!doctype html>")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "book.js").write_text("export {}")
    (tmp_path / "operator").mkdir()
    (tmp_path / "operator" / "index.html").write_text("never at the edge")

    wait, script = page_files(tmp_path)

    assert wait.keys == ("wait/index.html", "wait/")
    assert wait.content_type == "text/html; charset=utf-8"
    assert wait.cache_control == "public, max-age=60"
    assert script.keys == ("static/book.js",)
    assert script.content_type == "text/javascript; charset=utf-8"


def test_a_page_may_run_its_own_scripts_and_no_others():
    page = "<style>b{}</style><script type=module>let a = '<b>&amp;';</script><script src='/static/x.js'></script>"

    policy = content_security_policy(page)

    assert f"script-src 'self' {digest('let a = ' + chr(39) + '<b>&amp;' + chr(39) + ';')};" in policy
    assert f"style-src 'self' {digest('b{}')};" in policy
    assert "unsafe-inline" not in policy
