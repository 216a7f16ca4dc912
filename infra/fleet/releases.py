"""The bucket that servers fetch their release from, and the upload of one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from infra.component import Component, Tags
from infra.fleet.settings import RELEASES, ApplicationSettings
from infra.private_bucket import PrivateBucket, PrivateBucketArgs

# a file in the configuration is named from the project's folder, wherever Pulumi runs the program
PROJECT_FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class ReleasesArgs:
    """The release, the stack's tags, and whether releases may be deleted with the stack."""

    application: ApplicationSettings
    tags: Tags
    force_destroy: bool


class Releases(Component):
    """A private, versioned bucket; with `application.file`, the archive in it.

    Outputs: `bucket_name`, `bucket_arn`; `uploaded` holds the object, for servers to wait for.
    """

    prefix = RELEASES

    def __init__(self, name: str, args: ReleasesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("fleet", name, args.tags, opts)
        bucket_args = PrivateBucketArgs(tags=args.tags, versioned=True, force_destroy=args.force_destroy)
        bucket = PrivateBucket(name, bucket_args, opts=self.child())
        bucket.allow([])
        self.bucket_name, self.bucket_arn = bucket.name, bucket.arn
        self.uploaded: list[pulumi.Resource] = []
        if args.application.file:
            self._upload(args.application, PROJECT_FOLDER / args.application.file)
        self.register_outputs({"bucket_name": self.bucket_name, "bucket_arn": self.bucket_arn})

    def _upload(self, application: ApplicationSettings, file: Path) -> None:
        release = aws.s3.BucketObjectv2(
            self.named("archive"),
            bucket=self.bucket_name,
            key=application.key,
            source=pulumi.FileAsset(verified(file, application.sha256)),
            tags=self.tags("archive"),
            opts=self.child(),
        )
        self.uploaded.append(release)


def verified(file: Path, sha256: str) -> Path:
    """The archive, if servers will accept it.

    Raises:
        pulumi.RunError: There is no such file, or its digest is another; value, rule and remedy in one line.
    """
    if not file.is_file():
        raise pulumi.RunError(
            f"floodgate:application.file is {file}, but there is no such file; build the release or leave file out"
        )
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != sha256:
        raise pulumi.RunError(
            f"floodgate:application.sha256 is {sha256}, but {file.name} has {digest}; "
            f"set it to that, if that is the release you mean"
        )
    return file
