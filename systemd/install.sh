#!/usr/bin/env bash
# Installs EdgeFace on this machine, brings it up to date, or takes it away. As root:
#
#   systemd/install.sh [--from DIR] [--without-models]
#   systemd/install.sh --uninstall [--purge]
#
#   --from DIR         a folder that release.sh made, for a device without an SDK; without it, the one that this script lies
#                      in, or else one is made from this clone
#   --without-models   the models come later: edgeface models install
#   --uninstall        takes away program and unit; gallery, journal, profile and key stay
#   --purge            takes those, too
#   --root DIR         installs into the file system at DIR, whose daemon is not started (images; tests)
#
# Safe to repeat. A new version is put beside the old one, tried, and put in place by one rename; where it does not start, the
# old one is back at the door, and the exit code is 1. Data and profile are kept; what a new version made of the databases before it
# failed is only kept (in /var/lib/edgeface/of-newer) if the old one cannot use it, and then the old one has them as they were. Exit code 4: something is missing; the
# message says what brings it. No network is needed.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
say() { echo "install: $*" >&2; }
give_up() { say "$*"; exit 4; }

from='' models=yes act=install_release purge='' target=''
while (($# > 0)); do
    case $1 in
        --from) from=$(readlink -f "$2"); shift ;;
        --without-models) models='' ;;
        --uninstall) act=uninstall_release ;;
        --purge) purge=yes ;;
        --root) target=$(readlink -f "$2"); shift ;;
        *) say "'$1' is no option; see the head of $0"; exit 2 ;;
    esac
    shift
done
if [[ -z $from && -x $here/../edgeface && -d $here/../device-profiles && ! -d $here/../agent ]]; then from=$(dirname "$here"); fi
[[ -z $purge || $act == uninstall_release ]] || { say "--purge goes with --uninstall"; exit 2; }
((EUID == 0)) || give_up "this changes /usr/lib, /etc and systemd: run it as root, e.g. with sudo"

# /usr/lib/edgeface is a link to one of the releases beside it, so that a version changes by one rename.
program=$target/usr/lib/edgeface
releases=$target/usr/lib/edgeface.releases
profile=$target/etc/edgeface/profile.json
state=$target/var/lib/edgeface
live='' old='' staged='' saved=''
[[ -n $target || ! -d /run/systemd/system ]] || live=yes

# Each file of a release that lies elsewhere: its name in the release's folder systemd, and its place.
places=(
    "edgeface.service $target/usr/lib/systemd/system/edgeface.service"
    "edgeface.sysusers $target/usr/lib/sysusers.d/edgeface.conf"
    "edgeface.tmpfiles $target/usr/lib/tmpfiles.d/edgeface.conf"
    "edgeface.rules $target/usr/lib/udev/rules.d/70-edgeface.rules"
    "edgeface.sh $target/usr/bin/edgeface"
)

# put_in_place RELEASE: the link and the files elsewhere, each by a rename.
put_in_place() {
    local release=$1 place name file
    for place in "${places[@]}"; do
        read -r name file <<<"$place"
        mkdir -p "$(dirname "$file")"
        cp -p "$release/systemd/$name" "$file.new"
        mv -f "$file.new" "$file"
    done
    ln -sfn "edgeface.releases/$(basename "$release")" "$program.new"
    mv -fT "$program.new" "$program"
    [[ -z $live ]] || systemctl daemon-reload
}

uninstall_release() {
    local place file
    if [[ -d $program && ! -L $program ]]; then
        give_up "EdgeFace was installed as a package. Run: apt-get remove edgeface"
    fi
    if [[ -n $live ]]; then systemctl stop edgeface.service 2>/dev/null || true; fi
    systemctl ${target:+--root "$target"} disable --quiet edgeface.service 2>/dev/null || true
    for place in "${places[@]}"; do
        read -r _ file <<<"$place"
        rm -f "$file" "$file.new"
    done
    rm -rf "$program" "$program.new" "$releases"
    [[ -z $live ]] || systemctl daemon-reload
    if [[ -n $purge ]]; then
        rm -rf "$target/var/lib/edgeface" "$target/etc/edgeface" "$target/etc/systemd/system/edgeface.service.d"
        rm -f "$target"/etc/credstore{,.encrypted}/edgeface.gallery.key
        say "EdgeFace is gone, and with it everybody who was enrolled"
    else
        say "EdgeFace is gone; /var/lib/edgeface and /etc/edgeface stay (--purge takes them)"
    fi
}

# What OpenCV's native part does not find here, as the packages that hold it.
check_libraries() {
    local native=$1/libOpenCvSharpExtern.so
    [[ -s $native && -z $target ]] || return 0
    ! ldd "$native" 2>/dev/null | grep -q 'not found' || give_up "shared libraries are missing:
$(ldd "$native" | grep 'not found')
On Debian 12: apt-get install --no-install-recommends $(tr '\n' ' ' <"$1/systemd/depends")"
}

# A release's name says what is in it: the same content is the same release.
name_of() { (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-16; }

tried() {
    local version
    version=$("$1/edgeface" --version 2>&1) || { say "the new version does not run: $version"; return 1; }
    say "version $version"
}

install_models() {
    [[ -n $models && -z $target ]] || return 0
    [[ -d $program/models ]] || give_up "the release has no models. Install them later: --without-models"
    "$target/usr/bin/edgeface" models install --from "$program/models" >/dev/null
}

# The databases, each with what SQLite keeps beside it, and the journal's last mark: they belong together.
databases=({gallery,journal}.db{,-wal,-shm} journal.head)

# copy_databases FROM TO: by cp, since a copy on the same disk can share its blocks.
copy_databases() {
    local file
    for file in "${databases[@]}"; do
        rm -f "$2/$file"
        [[ ! -e $1/$file ]] || cp -p --reflink=auto "$1/$file" "$2/$file" || return 1
    done
    sync -f "$2"
}

# The databases as the old version leaves them, for the time in which the new one is tried, since it may change their form. Only while
# no daemon writes them is a copy of the files a copy of the databases: the door is shut a little longer. Not kept afterwards: whoever
# is erased from the gallery later would still be in the copy.
save_databases() {
    [[ -z $saved && -n $old && $old != "$(readlink -f "$program")" && -e $state/gallery.db ]] || return 0
    systemctl stop edgeface.service || return 1
    saved=$state/of-older
    rm -rf "$saved"
    install -d -m 0700 -o edgeface -g edgeface "$saved"
    copy_databases "$state" "$saved" || { say "there is no room in $state for a second copy of the databases"; rm -rf "$saved"; return 1; }
}

# Back to them, when the old version cannot use what the new one made of them: that is laid aside.
restore_databases() {
    [[ -n $saved && -d $saved ]] || return 1
    systemctl stop edgeface.service || true
    rm -rf "$state/of-newer"
    install -d -m 0700 -o edgeface -g edgeface "$state/of-newer"
    copy_databases "$state" "$state/of-newer" && copy_databases "$saved" "$state" || return 1
    say "the databases are those of before; what the new version made of them is in $state/of-newer. Look at it, and remove it"
}

# True when the daemon has said READY and is still the same process a little later. One that runs what is installed already
# is left alone.
started() {
    local before
    [[ $old != "$(readlink -f "$program")" ]] || ! systemctl is-active --quiet edgeface.service || return 0
    save_databases || return 1
    systemctl restart edgeface.service || return 1
    before=$(systemctl show -P MainPID edgeface.service)
    sleep "${EDGEFACE_INSTALL_WATCH:-5}"
    systemctl is-active --quiet edgeface.service && [[ $(systemctl show -P MainPID edgeface.service) == "$before" ]]
}

install_release() {
    local name release
    if [[ -d $program && ! -L $program ]]; then
        give_up "EdgeFace is installed as a package: bring it up to date with apt, or take it away first: apt-get remove edgeface"
    fi
    mkdir -p "$releases"
    exec 9>"$releases/.lock"
    flock -n 9 || give_up "another install.sh is at work"
    rm -rf "$releases"/.staged.* # of one that was cut short; the lock is ours
    staged=$(mktemp -d "$releases/.staged.XXXXXX")
    trap 'rm -rf "$staged"' EXIT
    if [[ -n $from ]]; then
        cp -rp "$from/." "$staged/"
    else
        "$here/release.sh" "$staged" $([[ -n $models ]] || echo --without-models)
    fi
    [[ -x $staged/edgeface && -d $staged/systemd ]] || give_up "$from is no release: make one with systemd/release.sh"
    chown -R root:root "$staged"
    chmod 0755 "$staged"
    check_libraries "$staged"
    tried "$staged" || { say "nothing was changed"; return 1; }

    name=$(name_of "$staged")
    release=$releases/$name
    if [[ -L $program ]]; then old=$(readlink -f "$program"); fi
    if [[ -d $release ]]; then say "release $name is here already"; else mv -T "$staged" "$release"; fi

    put_in_place "$release"
    if ! settle; then
        if [[ -z $old || $old == "$release" || ! -d $old ]]; then
            say "the daemon does not start, and there is no older version to go back to. Why: journalctl -u edgeface"
            return 1
        fi
        say "the new version does not start: going back to $(basename "$old")"
        put_in_place "$old"
        if settle || { restore_databases && settle; }; then
            [[ -z $saved ]] || rm -rf "$saved"
        else
            say "the old version does not start either${saved:+; the databases of before are in $saved}. Why: journalctl -u edgeface"
        fi
        rm -rf "$release"
        return 1
    fi

    [[ -z $saved ]] || rm -rf "$saved"
    # One older version is kept, for a way back by hand.
    find "$releases" -mindepth 1 -maxdepth 1 -type d ! -path "$release" ! -path "${old:-$release}" -exec rm -rf {} +
    say "installed: $name"
}

# Users, folders, models; then the daemon, if this machine has a profile. False when it does not stay up.
settle() {
    systemd-sysusers ${target:+--root "$target"} edgeface.conf || { say "its user could not be made"; return 1; }
    systemd-tmpfiles ${target:+--root "$target"} --create edgeface.conf || { say "its folders could not be made"; return 1; }
    install_models || { say "the models could not be installed"; return 1; }
    # Once: who has disabled it since wants it so.
    [[ -n $old ]] || systemctl ${target:+--root "$target"} enable --quiet edgeface.service
    if [[ -z $live ]]; then
        [[ -n $target ]] || say "systemd does not run here: the daemon is not started"
        return 0
    fi
    udevadm control --reload || true
    udevadm trigger --subsystem-match=video4linux --subsystem-match=gpio --subsystem-match=usb || true
    if [[ ! -e $profile ]]; then
        say "no door yet. Write $profile (examples: $program/device-profiles), then: systemctl start edgeface"
        return 0
    fi
    ! systemctl is-enabled --quiet edgeface.service || started
}

"$act"
