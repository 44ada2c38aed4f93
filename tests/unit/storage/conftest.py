"""A folder on the disk, and a bucket of moto, which stands in for S3 and answers its protocol."""

import boto3
import pytest
from agelens.storage.files import Files
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem


@pytest.fixture(scope="module")
def s3_address():
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_address, monkeypatch) -> str:
    """The address of an empty place in a bucket; credentials come from the environment, as usual."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_address,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()  # one that a test connected elsewhere
    bucket = boto3.resource("s3").Bucket("lab")
    bucket.create()
    bucket.objects.all().delete()
    return "s3://lab/agelens"


@pytest.fixture(params=["folder", "s3"])
def files(request, tmp_path) -> Files:
    if request.param == "s3":
        return Files(request.getfixturevalue("s3"))
    return Files(str(tmp_path / "storage"))
