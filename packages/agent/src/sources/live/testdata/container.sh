#!/bin/sh
# Runs a program as a container does: root file system of its own, with its own copy of libssl under the usual name.
# unshare -m sh container.sh ROOT LIBSSL-COPY LIBSSL-PATH PROGRAM...   (all mounts go with the namespace)
set -eu
root=$1 copy=$2 path=$3
shift 3
mount -t tmpfs none "$root"
mkdir "$root/usr" "$root/etc" "$root/proc" "$root/dev" "$root/tmp" "$root/testdata"
for name in bin lib lib64; do ln -s "usr/$name" "$root/$name"; done
mount --rbind /usr "$root/usr"
mount --bind /etc "$root/etc"
mount --bind "$copy" "$root$path"
mount --rbind /dev "$root/dev"
mount -t proc none "$root/proc"
mount --bind "$(dirname "$0")" "$root/testdata"
exec chroot "$root" "$@"
