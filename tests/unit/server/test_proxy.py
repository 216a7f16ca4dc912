"""Which hosts are AWS's; that nothing is sent to them is tried in tests/infra/server."""

import pytest

from floodgate.offline.server.proxy import host_and_port, is_aws


@pytest.mark.parametrize(
    "host",
    [
        "autoscaling.ap-northeast-2.amazonaws.com",
        "bucket.s3.amazonaws.com",
        "S3.AMAZONAWS.COM",
        "iam.amazonaws.com.",
        "ec2.cn-north-1.amazonaws.com.cn",
        "ec2.eusc-de-east-1.amazonaws.eu",
        "lambda.us-east-1.api.aws",
        "abc.lambda-url.eu-west-1.on.aws",
        "signin.aws.amazon.com",
        "x.execute-api.us-east-1.amazonaws.com",
        "dualstack.aws.dev",
        "169.254.169.254",
        "169.254.170.2",
        "[fd00:ec2::254]",
    ],
)
def test_a_host_of_aws_is_known(host):
    assert is_aws(host)


@pytest.mark.parametrize(
    "host", ["example.org", "notamazonaws.com", "amazonaws.com.example.org", "amazon.com", "169.254.1.1", "localhost"]
)
def test_other_hosts_are_not(host):
    assert not is_aws(host)


def test_an_authority_is_read():
    assert host_and_port("example.org:8443", 443) == ("example.org", 8443)
    assert host_and_port("[::1]", 443) == ("::1", 443)


@pytest.mark.parametrize("authority", ["", ":443", "example.org:none"])
def test_a_wrong_authority_is_refused(authority):
    with pytest.raises(ValueError, match=r".+"):
        host_and_port(authority, 443)
