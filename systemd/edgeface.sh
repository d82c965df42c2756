#!/bin/sh
# /usr/bin/edgeface: the command line of the installed daemon. Root works on the service's data and socket, as its user, so
# that no file of the gallery comes to belong to root. Everybody else has a data folder of their own and, in the groups
# edgeface-operators or edgeface-viewers, the daemon's socket.
program=/usr/lib/edgeface/edgeface
export ORT_DISABLE_TELEMETRY=1 # ONNX Runtime 1.31 reports its use to its maker unless it is told not to
if [ "$(id -u)" = 0 ] && [ -z "$EDGEFACE_DATA" ]; then
    export EDGEFACE_DATA=/var/lib/edgeface EDGEFACE_CONTROL="${EDGEFACE_CONTROL:-/run/edgeface/control.sock}"
    export HOME=/var/lib/edgeface
    exec setpriv --reuid=edgeface --regid=edgeface --init-groups --inh-caps=-all -- "$program" "$@"
fi
exec "$program" "$@"
