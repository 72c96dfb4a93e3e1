#!/bin/sh
# Puts `prometheus` and `promtool` 3, and `victoria-metrics`, from Debian's newest suite into the folder given, on a Debian whose own suite is
# older. Prometheus scrapes; VictoriaMetrics takes OTLP, which Debian leaves out of its Prometheus.
# The machine's own package sources and lists stay as they are.
set -eu
target=${1:?usage: install-prometheus.sh FOLDER}
mkdir -p "$target"
[ -x "$target/promtool" ] && [ -x "$target/victoria-metrics" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial"
# The same archive that the machine's own packages come from.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' | sort -u | grep -m 1 '/debian/\{0,1\}$')
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive sid main" > "$work/sources.list"

newest() {
  apt-get -q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$work/lists" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}

newest update
cd "$work"
newest download prometheus promtool victoria-metrics
for package in ./*.deb; do dpkg -x "$package" unpacked; done
cp unpacked/usr/bin/prometheus unpacked/usr/bin/promtool unpacked/usr/bin/victoria-metrics "$target/"
"$target/promtool" --version
