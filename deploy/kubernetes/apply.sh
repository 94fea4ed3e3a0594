#!/usr/bin/env bash
# Upgrades a cluster to this version during operation: first the database, then the workers, then the API (docs/operations.md
# explains the order). It needs a kubectl that is configured for the cluster, and the Secret `seatlane` in the cluster
# (secret.example.yaml). It is safe to run again.
set -euo pipefail
cd "$(dirname "$0")"

inside() { kubectl --namespace seatlane "$@"; }
apply() { kubectl kustomize . | kubectl apply --filename - --selector "app.kubernetes.io/component=$1"; }

apply settings
inside get secret seatlane >/dev/null || {
  echo "There is no Secret seatlane in the namespace seatlane. Create it as described in secret.example.yaml, then run this script again." >&2
  exit 1
}

# A Job is immutable, so it is replaced.
inside delete job migrate --ignore-not-found
apply migrate
inside wait --for=condition=complete --timeout=10m job/migrate || {
  inside logs job/migrate --tail=20
  echo "The database was not migrated, and workers and API are unchanged. Fix the cause, then run this script again." >&2
  exit 1
}

apply worker
for kind in seat user background; do
  inside rollout status --timeout=10m "deployment/worker-$kind"
done
apply api
inside rollout status --timeout=10m deployment/api
echo "All processes run this version. Next: kubectl --namespace seatlane get pods"
