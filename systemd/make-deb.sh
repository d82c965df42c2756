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
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")
say() { echo "make-deb: $*" >&2; }
give_up() { say "$*"; exit 4; }

# OpenCV's native part asks for the graphic libraries, .NET for libssl, GPIO lines for libgpiod. After "|" stand the names of
# later distributions.
depends=(
    'libc6 (>= 2.34)' libgcc-s1 libstdc++6 'libssl3 | libssl3t64' libatomic1 libdrm2 libx11-6 libfreetype6 libharfbuzz0b
    libpango-1.0-0 libpangocairo-1.0-0 'libatk1.0-0 | libatk1.0-0t64' libcairo2 libcairo-gobject2 libgdk-pixbuf-2.0-0
    'libglib2.0-0 | libglib2.0-0t64' 'libgtk-3-0 | libgtk-3-0t64' 'systemd (>= 252)' udev
)
recommends=('libgpiod2 | libgpiod3')
streams=(ffmpeg) # rtsp: and http: cameras only, and as large as all the rest

out=$root/artifacts/deb from='' version=()
while (($# > 0)); do
    case $1 in
        --out) out=$2; shift ;;
        --from) from=$2; shift ;;
        --version) version=(--version "$2"); shift ;;
        --depends) printf '%s\n' "${depends[@]}" "${recommends[@]}" | cut -d' ' -f1; exit ;;
        *) say "'$1' is no option; see the head of $0"; exit 2 ;;
    esac
    shift
done
command -v dpkg-deb >/dev/null || give_up "dpkg-deb is missing. Install it: apt-get install dpkg"

# The same sources give the same bytes: all times are those of the last commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
umask 022
mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree"/usr/lib/{systemd/system,sysusers.d,tmpfiles.d,udev/rules.d} \
    "$tree/usr/share/doc/edgeface"
if [[ -n $from ]]; then
    cp -r "$from" "$tree/usr/lib/edgeface"
else
    "$here/release.sh" "$tree/usr/lib/edgeface" "${version[@]}"
fi
program=$tree/usr/lib/edgeface
[[ -n $(ls -A "$program/models" 2>/dev/null) ]] || give_up "the release has no models, and a device may have no network to fetch them"
number=$("$program/edgeface" --version | cut -d+ -f1)
[[ $number =~ ^[0-9][0-9A-Za-z.+~-]*$ ]] || give_up "'$program/edgeface --version' said '$number', which is no version"

install -m 0755 "$program/systemd/edgeface.sh" "$tree/usr/bin/edgeface"
install -m 0644 "$program/systemd/edgeface.service" "$tree/usr/lib/systemd/system/edgeface.service"
install -m 0644 "$program/systemd/edgeface.sysusers" "$tree/usr/lib/sysusers.d/edgeface.conf"
install -m 0644 "$program/systemd/edgeface.tmpfiles" "$tree/usr/lib/tmpfiles.d/edgeface.conf"
install -m 0644 "$program/systemd/edgeface.rules" "$tree/usr/lib/udev/rules.d/70-edgeface.rules"
install -m 0644 "$program/README.md" "$tree/usr/share/doc/edgeface/README.md"
install -m 0755 "$here"/deb/{preinst,postinst,prerm,postrm} "$tree/DEBIAN/"

list() { printf '%s\n' "$@" | paste -sd, | sed 's/,/, /g'; }
cat >"$tree/DEBIAN/control" <<CONTROL
Package: edgeface
Version: $number
Architecture: amd64
Maintainer: EdgeFace <edgeface@localhost>
Section: misc
Priority: optional
Installed-Size: $(du -sk --apparent-size "$tree/usr" | cut -f1)
Depends: $(list "${depends[@]}")
Recommends: $(list "${recommends[@]}" "${streams[@]}")
Description: face verification at a door, on the device itself
 A daemon that watches cameras, decides who may pass by faces, policy and other
 factors, moves the relay of a door and journals every decision. It needs no
 network. The models and their own .NET runtime are in the package.
CONTROL

find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
(cd "$tree" && find usr -type f -printf '%P\0' | LC_ALL=C sort -z | sed -z 's|^|usr/|' | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
touch --date="@$SOURCE_DATE_EPOCH" "$tree/DEBIAN/md5sums" "$tree/DEBIAN"

mkdir -p "$out"
file=$(readlink -f "$out")/edgeface_${number}_amd64.deb
dpkg-deb --root-owner-group -Zzstd -z10 --build "$tree" "$file" >/dev/null
say "$(du -m "$file" | cut -f1) MB"
echo "$file"
