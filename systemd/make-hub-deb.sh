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

. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/package.sh"

options "$@"
begin edgeface-hub
mkdir -p "$tree/etc/edgeface-hub"
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

cp "$root/README.md" "$program/"
install -m 0644 "$root"/cloud-sync/hub/*.md "$tree/usr/share/doc/edgeface-hub/"
install -m 0755 "$here/edgeface-hub.sh" "$tree/usr/bin/edgeface-hub"
install -m 0644 "$here/edgeface-hub.service" "$tree/usr/lib/systemd/system/"
install -m 0644 "$here/edgeface-hub.sysusers" "$tree/usr/lib/sysusers.d/edgeface-hub.conf"
install -m 0644 "$here/edgeface-hub.tmpfiles" "$tree/usr/lib/tmpfiles.d/edgeface-hub.conf"
install -m 0644 "$here/edgeface-hub.json" "$tree/etc/edgeface-hub/hub.json"
echo /etc/edgeface-hub/hub.json >"$tree/DEBIAN/conffiles"
install -m 0755 "$here"/hub-deb/{postinst,prerm,postrm} "$tree/DEBIAN/"

pack edgeface-hub "$program/edgeface-hub" <<CONTROL
Depends: $(list "${libraries[@]}")
Suggests: postgresql, mosquitto
Description: cloud end of EdgeFace: people, doors and events of a site
 Signs what doors take, keeps what they report, and shows both on a page. On one
 machine it needs nothing but itself.
CONTROL
