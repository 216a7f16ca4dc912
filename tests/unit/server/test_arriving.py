"""Bodies as clients mean them, whatever way they came; the examples are those of AWS's documentation."""

import gzip

import pytest

from floodgate.offline.server.arriving import Arrived, meant

SIGNED = (
    b"5;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\nhello\r\n"
    b"6;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n world\r\n"
    b"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
)
WITH_TRAILER = b"b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"


@pytest.mark.parametrize("body", [SIGNED, WITH_TRAILER])
def test_chunks_are_put_together(body):
    headers = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "X-Amz-Decoded-Content-Length": "11",
        "X-Amz-Trailer": "x-amz-checksum-crc32",
        "Content-Length": str(len(body)),
    }

    plain = meant(Arrived("PUT", "/bucket/key", headers, body))

    assert plain.body == b"hello world"
    assert plain.folded["content-length"] == "11"
    assert "content-encoding" not in plain.folded
    assert "x-amz-decoded-content-length" not in plain.folded
    assert not plain.folded["x-amz-content-sha256"].startswith("STREAMING")


def test_a_trailer_becomes_a_header():
    headers = {"Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-crc32"}

    assert meant(Arrived("PUT", "/b/k", headers, WITH_TRAILER)).folded["x-amz-checksum-crc32"] == "DUoRhQ=="


def test_the_coding_of_the_content_itself_stays():
    headers = {"Content-Encoding": "aws-chunked,gzip", "X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}

    assert meant(Arrived("PUT", "/b/k", headers, SIGNED)).folded["content-encoding"] == "gzip"


def test_a_compressed_call_is_read_but_a_compressed_object_stays():
    packed = gzip.compress(b"Action=PutMetricData")
    call = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}

    assert meant(Arrived("POST", "/", call, packed)).body == b"Action=PutMetricData"
    assert meant(Arrived("PUT", "/b/k", {"Content-Encoding": "gzip"}, packed)).body == packed


def test_the_names_of_metadata_keep_their_letters():
    assert "x-amz-meta-My_Key" in meant(Arrived("PUT", "/b/k", {"x-amz-meta-My_Key": "1", "TE": "x"})).headers


def test_a_field_is_found_in_the_form_and_in_the_address():
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}

    assert Arrived("POST", "/?Action=Other", form, b"Action=CreateQueue&Version=1").form("Action") == "CreateQueue"
    assert Arrived("GET", "/?Action=ListQueues", {}).form("Action") == "ListQueues"
    assert Arrived("GET", "/", {}).form("Action") == ""
