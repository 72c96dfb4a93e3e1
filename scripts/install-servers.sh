#!/bin/sh
# Installs Debian's PostgreSQL, Redis and Chromium where they are missing. The tests start servers of their own from them, on free ports
# and in temporary folders; nothing that runs already is touched.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
[ -x /usr/bin/chromium ] || missing="$missing chromium fonts-dejavu-core"
[ -z "$missing" ] && exit 0

apt-get -q update
# A cluster of the machine's own is not needed.
mkdir -p /etc/postgresql-common
[ -f /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
# shellcheck disable=SC2086 -- a list of words
DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing
