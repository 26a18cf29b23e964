#!/bin/sh
# Starts Redis as master or replica. Needs DOMAIN (".redis.redis.svc.cluster.local"), TLS files in /tls, users.acl and replica-password in /acl.
set -eu
me="$(hostname)$DOMAIN"

# Who is master: what the Sentinels say, this pod's own by what it has kept on its disk; at the very first start pod 0. Of several answers the one
# of the latest failover (the highest epoch) counts: after a restart of all three, the first to come up may be one that missed it.
candidates() {
  for pod in redis-0 redis-1 redis-2; do
    timeout 3 redis-cli --tls --cacert /tls/ca.crt -h "$pod$DOMAIN" -p 26379 sentinel master didit 2>/dev/null |
      awk 'NR % 2 { name = $0; next } { value[name] = $0 } END { if ("ip" in value) print value["config-epoch"], value["ip"] }' || true
  done
  if [ -f /data/sentinel.conf ]; then
    awk '$2 == "monitor" { master = $4 } $2 == "config-epoch" { epoch = $4 } END { if (master != "") print epoch + 0, master }' /data/sentinel.conf
  fi
}
master=$(candidates | sort -n | tail -n 1 | cut -d ' ' -f 2)
master=${master:-redis-0$DOMAIN}
echo "master is $master"

umask 077
{
  cat <<EOF
port 0
tls-port 6379
tls-cert-file /tls/tls.crt
tls-key-file /tls/tls.key
tls-ca-cert-file /tls/ca.crt
tls-auth-clients optional
tls-replication yes
dir /data
# What the worker asks for: records are written down, never evicted, and confirmed only where a replica has them.
appendonly yes
maxmemory-policy noeviction
min-replicas-to-write 1
min-replicas-max-lag 10
aclfile /acl/users.acl
replica-announce-ip $me
masteruser replica
masterauth $(cat /acl/replica-password)
EOF
  [ "$master" = "$me" ] || echo "replicaof $master 6379"
} >/data/redis.new
# As a whole: start-sentinel.sh waits for it.
mv /data/redis.new /data/redis.conf
exec redis-server /data/redis.conf
