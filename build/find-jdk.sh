# Sourced by ./telltale and ./mvnw: finds a Java 25 or newer without starting one.
#
#   find_jdk java|javac DIR...    sets found_java_home; fails where nothing fits
#
# Each DIR is a Java home to look at first after TELLTALE_JAVA_HOME. A home's `release` file says its
# version. 25.0.3 and newer win over 25.0.0-25.0.2, whose G1 collector may crash (JDK-8377811).

find_jdk() {
  fj_tool=$1
  shift
  found_java_home= fj_second=
  fj_try "${TELLTALE_JAVA_HOME-}" && return 0
  for fj_home in "$@" "${JAVA_HOME-}"; do
    fj_try "$fj_home" && return 0
  done
  fj_java=$(command -v java) && fj_java=$(fj_resolve "$fj_java") && fj_try "${fj_java%/bin/java}" && return 0
  for fj_home in \
    /usr/lib/jvm/* /usr/java/* /opt/java/* \
    "${SDKMAN_DIR:-${HOME-}/.sdkman}"/candidates/java/* "${HOME-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
    fj_try "$fj_home" && return 0
  done
  found_java_home=$fj_second
  [ -n "$found_java_home" ]
}

# True for a home that settles the search; remembers an early 25 as second best.
fj_try() {
  [ -n "$1" ] && [ -x "$1/bin/$fj_tool" ] && [ -r "$1/release" ] || return 1
  fj_version=
  while IFS='=' read -r fj_key fj_value; do
    case $fj_key in JAVA_VERSION) fj_version=${fj_value#\"} fj_version=${fj_version%\"*} ;; esac
  done <"$1/release"
  fj_major=${fj_version%%[!0-9]*}
  [ "${fj_major:-0}" -ge 25 ] || return 1
  case $fj_version in
  25 | 25-* | 25.0.[012] | 25.0.[012][!0-9]*)
    fj_second=${fj_second:-$1}
    return 1
    ;;
  esac
  found_java_home=$1
}

# The file a chain of symbolic links ends at (readlink -f is missing on older macOS).
fj_resolve() {
  fj_path=$1
  while [ -L "$fj_path" ]; do
    fj_link=$(readlink "$fj_path") || return 1
    case $fj_link in
    /*) fj_path=$fj_link ;;
    *) fj_path=${fj_path%/*}/$fj_link ;;
    esac
  done
  printf '%s\n' "$fj_path"
}

no_jdk_message() {
  cat >&2 <<'EOF'
Telltale needs Java 25 (JDK 25.0.3 or newer) and found none.
  Debian, Ubuntu:  apt-get install temurin-25-jdk   (packages of adoptium.net)  or  openjdk-25-jdk
  Fedora:          dnf install java-25-openjdk-devel
  macOS:           brew install --cask temurin@25
  SDKMAN:          sdk install java 25.0.3-tem
Elsewhere on this machine: set TELLTALE_JAVA_HOME to its folder.
EOF
}
