#!/bin/sh
# Starts the Sentinel beside a Redis. Its file is written once: from then on it keeps there what it learns.
set -eu
if [ ! -f /data/sentinel.conf ]; then
  # start-redis.sh has found out, and says so in its own file.
  until [ -f /data/redis.conf ]; do sleep 1; done
  master=$(sed -n 's/^replicaof \([^ ]*\) .*/\1/p' /data/redis.conf)
  umask 077
  cat >/data/sentinel.new <<EOF
port 0
tls-port 26379
tls-cert-file /tls/tls.crt
tls-key-file /tls/tls.key
tls-ca-cert-file /tls/ca.crt
tls-auth-clients optional
tls-replication yes
dir /data
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $(hostname)$DOMAIN
sentinel monitor didit ${master:-$(hostname)$DOMAIN} 6379 2
sentinel auth-user didit sentinel
sentinel auth-pass didit $(cat /acl/sentinel-password)
sentinel down-after-milliseconds didit 5000
sentinel failover-timeout didit 10000
sentinel parallel-syncs didit 1
EOF
  mv /data/sentinel.new /data/sentinel.conf
fi
exec redis-server /data/sentinel.conf --sentinel
