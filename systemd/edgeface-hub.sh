#!/bin/sh
# /usr/bin/edgeface-hub: the command line of the installed hub. Root works on the service's data as its user, so that no file of it comes to
# belong to root.
program=/usr/lib/edgeface-hub/edgeface-hub
export ORT_DISABLE_TELEMETRY=1
if [ "$(id -u)" = 0 ] && [ -z "$EDGEFACE_HUB_DATA" ]; then
    export EDGEFACE_HUB_DATA=/var/lib/edgeface-hub EDGEFACE_HUB_CONFIG="${EDGEFACE_HUB_CONFIG:-/etc/edgeface-hub/hub.json}" HOME=/var/lib/edgeface-hub
    exec setpriv --reuid=edgeface-hub --regid=edgeface-hub --init-groups --inh-caps=-all -- "$program" "$@"
fi
exec "$program" "$@"
