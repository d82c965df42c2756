#!/usr/bin/env bash
# Makes the package of the hub: the program with its own .NET runtime, the models with which photos are looked at, unit and user.
#
#   systemd/make-hub-deb.sh [--out DIR] [--from DIR] [--version X.Y.Z]
#
#   --from DIR   a folder with the published program and its models, in place of publishing it
#
# Prints the file. Needs dpkg-deb and, without --from, the .NET 10 SDK and installed models. Exit code 4: something is missing; the message
# says what brings it.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")
say() { echo "make-hub-deb: $*" >&2; }
give_up() { say "$*"; exit 4; }

out=$root/artifacts/deb from='' version=''
while (($# > 0)); do
    case $1 in
        --out) out=$2; shift ;;
        --from) from=$2; shift ;;
        --version) version=$2; shift ;;
        *) say "'$1' is no option; see the head of $0"; exit 2 ;;
    esac
    shift
done
command -v dpkg-deb >/dev/null || give_up "dpkg-deb is missing. Install it: apt-get install dpkg"

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
umask 022
mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree"/usr/lib/{systemd/system,sysusers.d,tmpfiles.d} "$tree/etc/edgeface-hub" "$tree/usr/share/doc/edgeface-hub"
program=$tree/usr/lib/edgeface-hub
if [[ -n $from ]]; then
    cp -r "$from" "$program"
else
    command -v dotnet >/dev/null || give_up "the .NET 10 SDK is missing: install it, so that 'dotnet --version' answers 10.0"
    say "publishing ..."
    CI=true dotnet publish "$root/cloud-sync/hub/EdgeFace.Hub.csproj" -c Release -r linux-x64 --self-contained -o "$program" -v quiet -nologo \
        -p:DebugType=none -p:SatelliteResourceLanguages=en ${version:+-p:Version=$version} >"$work/log" 2>&1 || { cat "$work/log" >&2; give_up "the publish failed"; }
    rm -f "$program"/onnxruntime.dll "$program"/*.xml "$program"/createdump "$program"/libmscordbi.so "$program"/libmscordaccore.so "$program"/libcoreclrtraceptprovider.so
    data=${EDGEFACE_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/edgeface}
    mkdir "$program/models"
    while read -r file; do
        [[ ! -f $data/models/$file ]] || cp "$data/models/$file" "$program/models/"
    done < <(sed -n 's/^ *"file": "\(.*\)",$/\1/p' "$root/device-profiles/models.json")
fi
[[ -n $(ls -A "$program/models" 2>/dev/null) ]] || give_up "there are no models. Run: ./edgeface models install"
find "$program" -type d -exec chmod 0755 {} +
find "$program" -type f -exec chmod 0644 {} +
chmod 0755 "$program/edgeface-hub"
number=$("$program/edgeface-hub" --version | cut -d+ -f1)
[[ $number =~ ^[0-9][0-9A-Za-z.+~-]*$ ]] || give_up "'$program/edgeface-hub --version' said '$number', which is no version"

cp "$root/README.md" "$program/"
install -m 0644 "$root"/cloud-sync/hub/*.md "$tree/usr/share/doc/edgeface-hub/"
install -m 0755 "$here/edgeface-hub.sh" "$tree/usr/bin/edgeface-hub"
install -m 0644 "$here/edgeface-hub.service" "$tree/usr/lib/systemd/system/"
install -m 0644 "$here/edgeface-hub.sysusers" "$tree/usr/lib/sysusers.d/edgeface-hub.conf"
install -m 0644 "$here/edgeface-hub.tmpfiles" "$tree/usr/lib/tmpfiles.d/edgeface-hub.conf"
install -m 0644 "$here/edgeface-hub.json" "$tree/etc/edgeface-hub/hub.json"
echo /etc/edgeface-hub/hub.json >"$tree/DEBIAN/conffiles"
install -m 0755 "$here"/hub-deb/{postinst,prerm,postrm} "$tree/DEBIAN/"

cat >"$tree/DEBIAN/control" <<CONTROL
Package: edgeface-hub
Version: $number
Architecture: amd64
Maintainer: EdgeFace <edgeface@localhost>
Section: misc
Priority: optional
Installed-Size: $(du -sk --apparent-size "$tree/usr" | cut -f1)
Depends: $("$here/make-deb.sh" --depends | grep -v -e gpiod -e '^udev$' | sed -e 's/^libc6$/libc6 (>= 2.34)/' -e 's/^libssl3$/libssl3 | libssl3t64/' -e 's/^libatk1.0-0$/& | &t64/' -e 's/^libglib2.0-0$/& | &t64/' -e 's/^libgtk-3-0$/& | &t64/' -e 's/^systemd$/systemd (>= 252)/' | paste -sd, | sed 's/,/, /g')
Suggests: postgresql, mosquitto
Description: cloud end of EdgeFace: people, doors and events of a site
 Signs what doors take, keeps what they report, and shows both on a page. On one
 machine it needs nothing but itself.
CONTROL

find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
(cd "$tree" && find usr -type f -printf '%P\0' | LC_ALL=C sort -z | sed -z 's|^|usr/|' | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
touch --date="@$SOURCE_DATE_EPOCH" "$tree/DEBIAN/md5sums" "$tree/DEBIAN"
mkdir -p "$out"
file=$(readlink -f "$out")/edgeface-hub_${number}_amd64.deb
dpkg-deb --root-owner-group -Zzstd -z10 --build "$tree" "$file" >/dev/null
say "$(du -m "$file" | cut -f1) MB"
echo "$file"
