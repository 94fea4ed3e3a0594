#!/usr/bin/env bash
# Brings a cluster to this version while it sells: the database first, then the workers, then the API
# (docs/operations.md says why). Needs a kubectl that points to the cluster, and there the Secret `seatlane`
# (secret.example.yaml). Safe to run again.
set -euo pipefail
cd "$(dirname "$0")"

inside() { kubectl --namespace seatlane "$@"; }
apply() { kubectl kustomize . | kubectl apply --filename - --selector "app.kubernetes.io/component=$1"; }

apply settings
inside get secret seatlane >/dev/null || {
  echo "There is no Secret seatlane in the namespace seatlane: make one as secret.example.yaml says, then run this again." >&2
  exit 1
}

# A Job cannot be changed, only replaced.
inside delete job migrate --ignore-not-found
apply migrate
inside wait --for=condition=complete --timeout=10m job/migrate || {
  inside logs job/migrate --tail=20
  echo "The database was not migrated. Workers and API are as they were; run this again when the cause is gone." >&2
  exit 1
}

apply worker
for kind in seat user background; do
  inside rollout status --timeout=10m "deployment/worker-$kind"
done
apply api
inside rollout status --timeout=10m deployment/api
echo "Everything runs this version. What to look at next: kubectl --namespace seatlane get pods"
