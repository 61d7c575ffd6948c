# Shared by packaging/run, packaging/test and .ci/run, which source it: the virtual environment and Qt's system libraries.
# shellcheck shell=bash

studio_root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
studio_venv=${GANSTUDIO_VENV:-$studio_root/.venv}
[[ $studio_venv == /* ]] || studio_venv=$PWD/$studio_venv
studio_python=$studio_venv/bin/python
[[ $(id -u) -eq 0 ]] && studio_sudo="" || studio_sudo="sudo "

# Prints Debian's package of something that studio_missing names. Debian's rule: libEGL.so.1 lies in libegl1,
# libdbus-1.so.3 in libdbus-1-3.
studio_package_of() {
    local name version=${1##*.so.}
    name=$(tr '[:upper:]' '[:lower:]' <<<"${1%.so.*}")
    case $1 in
        fonts) echo fonts-dejavu-core ;;
        libglib-2.0.so.0 | libgthread-2.0.so.0) echo libglib2.0-0 ;;
        *[0-9].so.*) echo "$name-$version" ;;
        *) echo "$name$version" ;;
    esac
}

studio_say() { printf '%s\n' "$*" >&2; }

studio_is_debian() { command -v apt-get >/dev/null && grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release; }

# Installs Debian packages as root; otherwise, or where that fails, prints the line that does it and returns 1.
studio_apt() {
    local log
    if [[ -z $studio_sudo ]] && studio_is_debian; then
        studio_say "Installing the system packages $*."
        if log=$( { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
            2>&1 </dev/null); then
            return 0
        fi
        studio_say "$log"
    fi
    studio_say "To install what is missing on Debian or Ubuntu:"
    studio_say "    ${studio_sudo}apt-get update && ${studio_sudo}apt-get install --no-install-recommends $*"
    return 1
}

# Prints the path of a Python 3.11.
studio_find_python() {
    local name
    for name in python3.11 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    studio_say "GAN Studio needs Python 3.11, which was not found as python3.11 or python3."
    return 1
}

# Makes the virtual environment, or mends one whose making was interrupted.
studio_make_venv() {
    local base clear
    if "$studio_python" -c 'import sys, pip.__main__; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
        return 0
    fi
    if [[ -e $studio_venv && ! -e $studio_venv/pyvenv.cfg && -n $(ls -A "$studio_venv" 2>/dev/null) ]]; then
        studio_say "$studio_venv holds something other than a virtual environment; GANSTUDIO_VENV can name another folder."
        return 1
    fi
    if "$studio_python" -c 'import sys; sys.exit(sys.version_info[:2] == (3, 11))' 2>/dev/null; then
        studio_say "$studio_venv is a virtual environment of another Python than 3.11; GANSTUDIO_VENV can name another folder."
        return 1
    fi
    base=$(studio_find_python) || return 1
    if ! "$base" -c 'import ensurepip, venv' 2>/dev/null; then
        studio_say "Python's venv module is missing."
        studio_apt python3.11-venv || return 1
    fi
    studio_say "Making the virtual environment $studio_venv."
    for clear in "" --clear; do # what a broken one lacks is added; where that does not help it is made anew
        "$base" -m venv $clear "$studio_venv" >&2 && "$studio_python" -m pip --version >/dev/null 2>&1 && return 0
    done
    studio_say "No virtual environment could be made in $studio_venv; GANSTUDIO_VENV can name another folder."
    return 1
}

# Installs the program with an extra ("", "test" or "dev") unless that was done with the same pins for the same checkout.
studio_install() {
    local extra=$1 key stamp included quiet=--quiet
    [[ -t 2 ]] && quiet="" # whoever looks on sees the downloads
    key=$(printf '%s\n' "$studio_root" "$studio_venv" | cat - "$studio_root/pyproject.toml" "$studio_root/packaging/constraints.txt" | cksum)
    stamp=$studio_venv/.ganstudio-installed
    if [[ $(cat "$stamp-$extra" 2>/dev/null) == "$key" ]] && "$studio_python" -c '' 2>/dev/null; then
        return 0
    fi
    studio_make_venv || return 1
    rm -f "$stamp"-*
    studio_say "Installing GAN Studio${extra:+ with what its ${extra} extra asks for}; the first time takes minutes."
    if ! PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 "$studio_python" -m pip install $quiet \
        -c "$studio_root/packaging/constraints.txt" -e "$studio_root${extra:+[$extra]}" >&2 </dev/null; then
        studio_say "The installation did not finish; starting it again goes on from here."
        return 1
    fi
    for included in dev test ""; do # dev holds test, and both hold the program
        [[ $extra == dev || $extra == "$included" || -z $included ]] && printf '%s\n' "$key" >"$stamp-$included"
    done
    return 0
}

# Prints what is missing for the given Qt platforms: names of libraries, and "fonts" where no font is installed.
studio_missing() {
    local qt=("$studio_venv"/lib/python3.11/site-packages/PySide6/Qt) files platform
    command -v ldd >/dev/null || return 0
    files=("${qt[0]}"/lib/libQt6{Widgets,Svg,Test,OpenGLWidgets,PrintSupport}.so.6)
    for platform in "$@"; do
        files+=("${qt[0]}/plugins/platforms/libq$platform.so")
        [[ $platform == xcb ]] && files+=("${qt[0]}"/plugins/xcbglintegrations/*.so)
    done
    ldd "${files[@]}" 2>/dev/null | awk '/=> not found/ && $1 !~ /^libQt6/ {print $1}' | sort -u
    [[ -n $(find -L /usr/share/fonts /usr/local/share/fonts ~/.local/share/fonts ~/.fonts \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) -print -quit 2>/dev/null) ]] || echo fonts
}

# Sees to the libraries of the given Qt platforms; returns 1, having said what to do, where they are still missing.
studio_qt_libraries() {
    local missing packages name
    [[ $(uname) == Linux ]] || return 0
    missing=$(studio_missing "$@")
    [[ -n $missing ]] || return 0
    packages=$(for name in $missing; do studio_package_of "$name"; done | sort -u)
    studio_say "The window needs what this system lacks:" $missing
    # shellcheck disable=SC2086 # names without spaces
    studio_apt $packages || return 1
    missing=$(studio_missing "$@")
    [[ -n $missing ]] || return 0
    studio_say "Still missing after the installation:" $missing
    return 1
}
