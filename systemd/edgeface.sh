#!/bin/sh
# /usr/bin/edgeface: the command line of the installed daemon. Root works on the service's data and socket, as its user, so
# that no file of the gallery comes to belong to root. Everybody else has a data folder of their own and, in the groups
# edgeface-operators or edgeface-viewers, the daemon's socket.
program=/usr/lib/edgeface/edgeface
plain=/etc/credstore/edgeface.gallery.key
sealed=/etc/credstore.encrypted/edgeface.gallery.key
export ORT_DISABLE_TELEMETRY=1 # ONNX Runtime 1.31 reports its use to its maker unless it is told not to

# run_with_key CREDENTIAL ARGUMENT...: a key that systemd keeps for the daemon is not in the data folder, and only systemd hands it
# over. So the program runs as a unit of its own for as long as it takes: the same input, output, folder, umask and exit code.
run_with_key() {
    credential=$1
    shift
    # In a unit's command systemd puts a variable's value in place of $NAME; $$ is a $.
    left=$#
    while [ "$left" -gt 0 ]; do
        argument=$(printf '%s.' "$1" | sed 's/\$/$$/g') # the dot keeps line ends
        shift
        set -- "$@" "${argument%.}"
        left=$((left - 1))
    done
    unit=edgeface-command-$$.service
    exec 3<&0 # a shell gives what it runs in the background no input of its own
    systemd-run --quiet --pipe --wait --collect --unit="$unit" -p User=edgeface -p Group=edgeface -p "$credential" \
        -p "WorkingDirectory=-$(pwd)" -p "UMask=$(umask)" -p LimitCORE=0 -p NoNewPrivileges=yes -p TimeoutStopSec=10 \
        -E EDGEFACE_DATA="$EDGEFACE_DATA" -E EDGEFACE_CONTROL="$EDGEFACE_CONTROL" -E HOME="$HOME" \
        -E ORT_DISABLE_TELEMETRY=1 -E LANG="${LANG:-C.UTF-8}" -E TERM="${TERM:-dumb}" -- "$program" "$@" <&3 3<&- &
    runner=$!
    # Whoever interrupts this means the program; its end is waited for in any case.
    trap 'systemctl stop "$unit" 2>/dev/null' INT TERM HUP
    wait "$runner"
    code=$?
    while kill -0 "$runner" 2>/dev/null; do
        wait "$runner"
        code=$?
    done
    exit "$code"
}

if [ "$(id -u)" = 0 ] && [ -z "$EDGEFACE_DATA" ]; then
    export EDGEFACE_DATA=/var/lib/edgeface EDGEFACE_CONTROL="${EDGEFACE_CONTROL:-/run/edgeface/control.sock}"
    export HOME=/var/lib/edgeface
    case $1 in
        # These open neither gallery nor pictures, and must do their work also where a TPM does not.
        models | status | doors | unlock | lock | lockdown | release | reset | reload | clock | events) takes_key='' ;;
        *) takes_key=yes ;;
    esac
    # It writes the profile, which is root's, and gives what it makes for the daemon to the daemon's user by itself.
    [ "$1" != provision ] || exec "$program" "$@"
    if [ -n "$takes_key" ] && [ -d /run/systemd/system ]; then
        if [ -e "$sealed" ]; then run_with_key "LoadCredentialEncrypted=gallery.key:$sealed" "$@"; fi
        if [ -e "$plain" ]; then run_with_key "LoadCredential=gallery.key:$plain" "$@"; fi
    fi
    exec setpriv --reuid=edgeface --regid=edgeface --init-groups --inh-caps=-all -- "$program" "$@"
fi
exec "$program" "$@"
