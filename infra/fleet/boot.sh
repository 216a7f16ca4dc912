# Runs once, at a server's first boot, as root; the assignments above it come from infra/fleet/user_data.py.
# What must happen at every boot, also when a warm pool starts a stopped server again, is left to systemd.
set -Eeuo pipefail
export AWS_REGION AWS_DEFAULT_REGION="$AWS_REGION"

readonly HOME_DIR=/opt/floodgate ETC_DIR=/etc/floodgate LOG_DIR=/var/log/floodgate
readonly LIFECYCLE=/usr/local/sbin/floodgate-lifecycle

prepare_user_and_folders() {
  useradd --system --home-dir "$HOME_DIR" --shell /sbin/nologin floodgate
  install -d -m 0755 "$HOME_DIR/release" "$ETC_DIR"
  install -d -m 0750 -o floodgate -g floodgate "$LOG_DIR"
}

install_release() {
  local archive="$HOME_DIR/service.tar.gz"
  aws s3 cp --only-show-errors "s3://$ARTIFACT_BUCKET/$ARTIFACT_KEY" "$archive"
  # an archive with another digest is never unpacked: a bucket can be written to, a digest in the stack cannot
  echo "$ARTIFACT_SHA256  $archive" | sha256sum --check --strict --status
  tar --extract --gzip --no-same-owner --file "$archive" --directory "$HOME_DIR/release"
  rm "$archive"
}

# the release brings its libraries, the image's repository in S3 brings the interpreter they were built for
install_python() {
  command -v python3.11 >/dev/null || timeout 90 dnf --quiet --assumeyes install python3.11
}

write_environment() {
  install -m 0640 -g floodgate /dev/null "$ETC_DIR/environment"
  cat > "$ETC_DIR/environment" <<END
AWS_REGION=$AWS_REGION
AWS_DEFAULT_REGION=$AWS_REGION
FLOODGATE_STACK=$STACK
FLOODGATE_SERVICE_PARAMETER=$SERVICE_PARAMETER
FLOODGATE_SERVICE_SECRET=$SERVICE_SECRET
FLOODGATE_TRUSTED_HOPS=$TRUSTED_HOPS
FLOODGATE_PORT=$PORT
FLOODGATE_DATABASE_HOST=$DATABASE_HOST
FLOODGATE_DATABASE_PORT=$DATABASE_PORT
FLOODGATE_DATABASE_READER_HOST=$DATABASE_READER_HOST
FLOODGATE_DATABASE_SECRET=$DATABASE_SECRET
FLOODGATE_CACHE_HOST=$CACHE_HOST
FLOODGATE_CACHE_SECRET=$CACHE_SECRET
END
}

write_service_unit() {
  cat > /etc/systemd/system/floodgate.service <<'END'
[Unit]
Description=Floodgate service
Wants=network-online.target
After=network-online.target

[Service]
User=floodgate
EnvironmentFile=/etc/floodgate/environment
WorkingDirectory=/opt/floodgate/release
ExecStart=/opt/floodgate/release/bin/serve
Restart=always
RestartSec=1
# every waiting connection is a file
LimitNOFILE=65536
NoNewPrivileges=true
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
ReadWritePaths=/var/log/floodgate
StandardOutput=append:/var/log/floodgate/service.log
StandardError=inherit

[Install]
WantedBy=multi-user.target
END
}

# Tells Auto Scaling that this server is ready: on its way into the group, and on its way into a warm pool and out again.
write_lifecycle_unit() {
  cat > "$LIFECYCLE" <<END
#!/bin/bash
set -euo pipefail
readonly AWS_REGION=$AWS_REGION HOOK=$LIFECYCLE_HOOK HEALTH=http://127.0.0.1:$PORT$HEALTH_PATH
END
  cat >> "$LIFECYCLE" <<'END'
export AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION
readonly RESULT=${1:-CONTINUE} IMDS=http://169.254.169.254/latest

metadata() {
  local token
  token=$(curl --silent --fail --request PUT --header "X-aws-ec2-metadata-token-ttl-seconds: 60" "$IMDS/api/token")
  curl --silent --fail --header "X-aws-ec2-metadata-token: $token" "$IMDS/meta-data/$1"
}

instance=$(metadata instance-id)
group=$(aws autoscaling describe-auto-scaling-instances --instance-ids "$instance" \
  --query 'AutoScalingInstances[0].AutoScalingGroupName' --output text)
# the group may not know its newest server yet; systemd asks again
test "$group" != None

complete() {
  aws autoscaling complete-lifecycle-action --auto-scaling-group-name "$group" --instance-id "$instance" \
    --lifecycle-hook-name "$HOOK" --lifecycle-action-result "$RESULT"
}

if [ "$RESULT" = CONTINUE ]; then
  until curl --silent --fail --max-time 2 --output /dev/null "$HEALTH"; do sleep 1; done
fi

# A stopped server ends here on its way into the pool and begins again on its way out; a running one stays in the
# loop in between. A reboot in service waits for nothing, so the attempts are bounded.
told=
for attempt in $(seq 60); do
  target=$(metadata autoscaling/target-lifecycle-state)
  while [ "$target" = "$told" ]; do
    sleep 2
    target=$(metadata autoscaling/target-lifecycle-state)
  done
  if complete; then told=$target; fi
  if [ "$RESULT" = ABANDON ] || [ "$told" = InService ]; then exit 0; fi
  sleep 5
done
END
  chmod 0755 "$LIFECYCLE"
  cat > /etc/systemd/system/floodgate-lifecycle.service <<END
[Unit]
Description=Tell Auto Scaling that Floodgate serves
Wants=network-online.target
After=network-online.target floodgate.service

[Service]
ExecStart=$LIFECYCLE
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
END
}

ship_logs() {
  timeout 90 dnf --quiet --assumeyes install amazon-cloudwatch-agent logrotate
  cat > /etc/logrotate.d/floodgate <<END
$LOG_DIR/service.log {
  size 200M
  rotate 3
  copytruncate
  missingok
}
END
  cat > /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json <<END
{"logs": {"logs_collected": {"files": {"collect_list": [
  {"file_path": "$LOG_DIR/service.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}"},
  {"file_path": "/var/log/cloud-init-output.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/boot"}
]}}}}
END
  systemctl enable --now amazon-cloudwatch-agent
}

give_up() {
  # the group replaces this server at once, instead of when the launch hook times out
  test ! -x "$LIFECYCLE" || "$LIFECYCLE" ABANDON
  exit 1
}

write_lifecycle_unit
trap give_up ERR
prepare_user_and_folders
install_python
install_release
write_environment
write_service_unit
systemctl daemon-reload
systemctl enable --now floodgate.service
# a server that serves without shipping its log is better than no server
ship_logs || logger --tag floodgate "the log is not shipped"
# last, because a warm pool stops a server the moment it is told that it is ready, and this script never runs again
systemctl enable --now floodgate-lifecycle.service
