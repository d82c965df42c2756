# What the packages of the agent and of the hub have in common: sourced by make-deb.sh and make-hub-deb.sh, never run by itself.

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
root=$(dirname "$here")
say() { echo "$(basename "$0" .sh): $*" >&2; }
give_up() { say "$*"; exit 4; }

# OpenCV's native part asks for the graphic libraries, .NET for libssl. After "|" stand the names of later distributions.
libraries=(
    'libc6 (>= 2.34)' libgcc-s1 libstdc++6 'libssl3 | libssl3t64' libatomic1 libdrm2 libx11-6 libfreetype6 libharfbuzz0b
    libpango-1.0-0 libpangocairo-1.0-0 'libatk1.0-0 | libatk1.0-0t64' libcairo2 libcairo-gobject2 libgdk-pixbuf-2.0-0
    'libglib2.0-0 | libglib2.0-0t64' 'libgtk-3-0 | libgtk-3-0t64' 'systemd (>= 252)'
)

list() { printf '%s\n' "$@" | paste -sd, | sed 's/,/, /g'; }

# options ARGUMENTS: --out, --from and --version become $out, $from and $version.
options() {
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
}

# begin NAME: an empty tree in $tree, which goes when the script ends; the program comes to $program.
begin() {
    # The same sources give the same bytes: all times are those of the last commit.
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
    export SOURCE_DATE_EPOCH
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    tree=$work/tree
    umask 022
    mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree"/usr/lib/{systemd/system,sysusers.d,tmpfiles.d} "$tree/usr/share/doc/$1"
    program=$tree/usr/lib/$1
}

# pack NAME EXECUTABLE: makes the package of the tree; the fields after Installed-Size come by standard input. Prints the file.
pack() {
    local number file
    number=$("$2" --version | cut -d+ -f1)
    [[ $number =~ ^[0-9][0-9A-Za-z.+~-]*$ ]] || give_up "'$2 --version' said '$number', which is no version"
    {
        printf '%s\n' "Package: $1" "Version: $number" 'Architecture: amd64' 'Maintainer: EdgeFace <edgeface@localhost>' 'Section: misc' 'Priority: optional' \
            "Installed-Size: $(du -sk --apparent-size "$tree/usr" | cut -f1)"
        cat
    } >"$tree/DEBIAN/control"
    find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    (cd "$tree" && find usr -type f -printf '%P\0' | LC_ALL=C sort -z | sed -z 's|^|usr/|' | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
    touch --date="@$SOURCE_DATE_EPOCH" "$tree/DEBIAN/md5sums" "$tree/DEBIAN"
    mkdir -p "$out"
    file=$(readlink -f "$out")/$1_${number}_amd64.deb
    dpkg-deb --root-owner-group -Zzstd -z10 --build "$tree" "$file" >/dev/null
    say "$(du -m "$file" | cut -f1) MB"
    echo "$file"
}
