#!/usr/bin/env bash
# Makes a fresh Debian machine ready to build: tools/setup.sh packages [MORE...] | venv DIR REQUIREMENTS.
# Each part looks first and installs only what is missing.
set -euo pipefail

say() { echo "== $*"; }

has_package() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null)" = "ii " ]; }

# A CMake or Ninja from elsewhere serves as well as Debian's.
missing_packages() {
  local cmake_version
  for package in clang-22 libclang-rt-22-dev lld-22 llvm-22-dev libzstd-dev libxml2-dev zlib1g-dev \
    nlohmann-json3-dev libgtest-dev ccache g++ "$@"; do
    has_package "$package" || echo "$package"
  done
  cmake_version=$(cmake --version 2>/dev/null | sed -n '1s/[^0-9]*//p' || true)
  printf '3.25\n%s\n' "${cmake_version:-0}" | sort -VC || echo cmake
  command -v ninja >/dev/null || echo ninja-build
  python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
  [ -e "$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null)/Python.h" ] ||
    echo python3-dev
}

packages() {
  local missing root=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return
  say "installing Debian packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "setup: run as root, or install: ${missing[*]}" >&2
      exit 1
    }
    root=(sudo)
  fi
  "${root[@]}" apt-get update -q </dev/null
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null
}

# venv DIR REQUIREMENTS [each]: with "each", a line that fails is reported and left out.
venv() {
  local dir=$1 requirements=$2 line
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "setup: braze needs Python 3.11 or newer, $(python3 -V) is too old" >&2
    exit 1
  }
  [ -x "$dir/bin/python" ] || { say "creating $dir"; python3 -m venv "$dir"; }
  say "installing Python packages into $dir"
  local pip=("$dir/bin/python" -m pip install --disable-pip-version-check --progress-bar off -q)
  if [ "${3:-}" != each ]; then
    "${pip[@]}" -r "$requirements"
    return
  fi
  while read -r line; do
    case $line in '' | '#'*) continue ;; esac
    say "  $line"
    "${pip[@]}" "$line" </dev/null || echo "setup: $line could not be installed, going on without it" >&2
  done <"$requirements"
}

case ${1:-} in
packages | venv) "$@" ;;
*)
  echo "usage: tools/setup.sh packages [MORE...] | venv DIR REQUIREMENTS [each]" >&2
  exit 2
  ;;
esac
