#!/usr/bin/env bash
# Makes edgeface_VERSION_amd64.deb for "apt install ./edgeface_*.deb". The last line of its output is the file.
#
#   systemd/make-deb.sh [--out DIR] [--from DIR] [--version X.Y.Z] [--depends]
#
#   --out DIR     where to put it (artifacts/deb)
#   --from DIR    a folder that release.sh made; without it, one is made
#   --depends     only prints the packages that it depends on, without the decoder of streams
#
# Needs dpkg-deb, and what release.sh needs.
# Exit code 4: something is missing; the message says what brings it.
set -euo pipefail

. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/package.sh"

depends=("${libraries[@]}" udev)
recommends=('libgpiod2 | libgpiod3') # GPIO lines
streams=(ffmpeg)                     # rtsp: and http: cameras only, and as large as all the rest
if [[ ${1-} == --depends ]]; then
    printf '%s\n' "${depends[@]}" "${recommends[@]}" | cut -d' ' -f1
    exit
fi

options "$@"
begin edgeface
mkdir -p "$tree/usr/lib/udev/rules.d"
if [[ -n $from ]]; then
    cp -r "$from" "$program"
else
    "$here/release.sh" "$program" ${version:+--version "$version"}
fi
[[ -n $(ls -A "$program/models" 2>/dev/null) ]] || give_up "the release has no models, and a device may have no network to fetch them"

install -m 0755 "$program/systemd/edgeface.sh" "$tree/usr/bin/edgeface"
install -m 0644 "$program/systemd/edgeface.service" "$tree/usr/lib/systemd/system/edgeface.service"
install -m 0644 "$program/systemd/edgeface.sysusers" "$tree/usr/lib/sysusers.d/edgeface.conf"
install -m 0644 "$program/systemd/edgeface.tmpfiles" "$tree/usr/lib/tmpfiles.d/edgeface.conf"
install -m 0644 "$program/systemd/edgeface.rules" "$tree/usr/lib/udev/rules.d/70-edgeface.rules"
install -m 0644 "$program/README.md" "$tree/usr/share/doc/edgeface/README.md"
install -m 0755 "$here"/deb/{preinst,postinst,prerm,postrm} "$tree/DEBIAN/"

pack edgeface "$program/edgeface" <<CONTROL
Depends: $(list "${depends[@]}")
Recommends: $(list "${recommends[@]}" "${streams[@]}")
Description: face verification at a door, on the device itself
 A daemon that watches cameras, decides who may pass by faces, policy and other
 factors, moves the relay of a door and journals every decision. It needs no
 network. The models and their own .NET runtime are in the package.
CONTROL
