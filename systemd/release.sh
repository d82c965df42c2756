#!/usr/bin/env bash
# Makes the folder that is installed as /usr/lib/edgeface: the program with its own .NET runtime, the models, and the files
# for systemd. install.sh and make-deb.sh use it.
#
#   systemd/release.sh OUT [--runtime linux-x64|linux-arm64] [--version X.Y.Z] [--without-models]
#
# Needs the .NET 10 SDK and the packages of the lock file. The models are taken from the data folder, where
# './edgeface models install' puts them. Exit code 4: something is missing; the message says what brings it.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")
say() { echo "release: $*" >&2; }
give_up() { say "$*"; exit 4; }

out='' runtime=linux-x64 version='' models=yes
while (($# > 0)); do
    case $1 in
        --runtime) runtime=$2; shift ;;
        --version) version=$2; shift ;;
        --without-models) models='' ;;
        -*) say "'$1' is no option; see the head of $0"; exit 2 ;;
        *) out=$1 ;;
    esac
    shift
done
[[ -n $out ]] || { say "name the folder to make"; exit 2; }
[[ $runtime == linux-x64 || $runtime == linux-arm64 ]] || { say "'$runtime' is neither linux-x64 nor linux-arm64"; exit 2; }
[[ ! -e $out || -z $(ls -A "$out") ]] || { say "$out is not empty"; exit 2; }
command -v dotnet >/dev/null || give_up "the .NET 10 SDK is missing: install it, so that 'dotnet --version' answers 10.0"

# Ready-to-run code costs 12 MB and saves a fifth of the processor time of a start; CI=true makes the bytes independent of
# where they were built.
say "publishing for $runtime ..."
log=$(mktemp)
CI=true dotnet publish "$root/agent/daemon/EdgeFace.Agent.csproj" -c Release -r "$runtime" --self-contained \
    -o "$out" -v quiet -nologo -p:DebugType=none -p:SatelliteResourceLanguages=en -p:PublishReadyToRun=true \
    ${version:+-p:Version=$version} >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; give_up "the publish failed"; }
rm -f "$log"

# What a device has no use for: parts for Windows, debuggers, the maker of core dumps (they would hold faces).
rm -f "$out"/onnxruntime.dll "$out"/onnxruntime_providers_shared.dll "$out"/*.xml \
    "$out"/createdump "$out"/libmscordbi.so "$out"/libmscordaccore.so "$out"/libcoreclrtraceptprovider.so

mkdir "$out/systemd"
cp "$here"/edgeface.{service,sysusers,tmpfiles,rules} "$here"/{credential-tpm2,clock,jetson,libcamera}.conf "$here/edgeface.sh" "$here/install.sh" "$out/systemd/"
"$here/make-deb.sh" --depends >"$out/systemd/depends"
cp "$root/README.md" "$out/"

if [[ -n $models ]]; then
    data=${EDGEFACE_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/edgeface}
    mkdir "$out/models"
    # Each file that a card of models.json names, if it is there; the digests are checked where they are installed.
    while read -r file; do
        [[ ! -f $data/models/$file ]] || cp "$data/models/$file" "$out/models/"
    done < <(sed -n 's/^ *"file": "\(.*\)",$/\1/p' "$root/device-profiles/models.json")
    [[ -n $(ls -A "$out/models") ]] || give_up "there are no models in $data/models. Run: ./edgeface models install"
fi

# Modes that do not hang on the builder's umask: folders and programs 0755, the rest 0644.
find "$out" -type d -exec chmod 0755 {} +
find "$out" -type f -exec chmod 0644 {} +
chmod 0755 "$out/edgeface" "$out"/systemd/*.sh
say "$(du -sm "$out" | cut -f1) MB in $out"
