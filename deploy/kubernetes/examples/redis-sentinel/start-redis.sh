#!/bin/sh
# Starts Redis as master or replica. Needs DOMAIN (".redis.redis.svc.cluster.local"), TLS files in /tls, users.acl and replication-password in /acl.
set -eu
me="$(hostname)$DOMAIN"

# Who is master: what any Sentinel says; where none answers, what this pod's own Sentinel knew last, since that is kept on its disk; at the
# very first start pod 0. So a restart of all three does not make an old replica the master. Redis writes nothing until this is known.
master=
for pod in redis-0 redis-1 redis-2; do
  answer=$(timeout 3 redis-cli --tls --cacert /tls/ca.crt -h "$pod$DOMAIN" -p 26379 sentinel get-master-addr-by-name diditworker 2>/dev/null | head -n 1) || true
  case $answer in *"$DOMAIN") master=$answer; break ;; esac
done
if [ -z "$master" ] && [ -f /data/sentinel.conf ]; then
  master=$(sed -n 's/^sentinel monitor diditworker \([^ ]*\) .*/\1/p' /data/sentinel.conf)
fi
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
masteruser replication
masterauth $(cat /acl/replication-password)
EOF
  [ "$master" = "$me" ] || echo "replicaof $master 6379"
} >/data/redis.conf
exec redis-server /data/redis.conf
