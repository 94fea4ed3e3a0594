#!/usr/bin/env bash
# Upgrades a cluster to this version during operation: first the database, then the workers, then the API. With --rollback it
# returns to an older version: first the API, then the workers; the database stays as it is (docs/operations.md explains both).
# It needs a kubectl that is configured for the cluster, and the Secret `seatlane` in the cluster (secret.example.yaml). It is
# safe to run again, and restarts all pods if the Secret has changed.
set -euo pipefail
cd "$(dirname "$0")"

case "${1:-}" in
  "" | --rollback) ;;
  *)
    echo "Usage: apply.sh [--rollback]" >&2
    exit 1
    ;;
esac

secret_version=
inside() { kubectl --namespace seatlane "$@"; }
apply() {
  kubectl kustomize . | sed "s/SECRET_VERSION/$secret_version/" |
    kubectl apply --filename - --selector "app.kubernetes.io/component=$1"
}

# The activeDeadlineSeconds of the Job, and some time for its controller.
readonly MIGRATION_SECONDS_MAX=3900

# Prints Complete or Failed once the Job migrate has ended. It fails if that cannot be learned.
migration_end() {
  local conditions end=$((SECONDS + MIGRATION_SECONDS_MAX))
  while [ $SECONDS -lt $end ]; do
    conditions=$(inside get job migrate --output 'jsonpath={.status.conditions[?(@.status=="True")].type}') || true
    case " $conditions " in
      *" Complete "*) echo Complete && return ;;
      *" Failed "*) echo Failed && return ;;
    esac
    sleep 2
  done
  return 1
}

migrate() {
  # A Job is immutable, so it is replaced, but not while it runs: a migration may take long.
  if [ -n "$(inside get job migrate --ignore-not-found --output name)" ]; then
    echo "Waiting for the end of the former Job migrate. If its pod cannot start: kubectl --namespace seatlane delete job migrate"
    migration_end >/dev/null
    inside delete job migrate --ignore-not-found
  fi
  apply migrate
  if [ "$(migration_end)" != Complete ]; then
    inside logs job/migrate --tail=20 || true
    echo "The database was not migrated, and workers and API are unchanged. Fix the cause, then run this script again." >&2
    exit 1
  fi
}

roll_workers() {
  apply worker
  for kind in seat user background; do
    inside rollout status --timeout=10m "deployment/worker-$kind"
  done
}

roll_api() {
  apply api
  inside rollout status --timeout=10m deployment/api
}

apply settings
secret_version=$(inside get secret seatlane --output 'jsonpath={.metadata.resourceVersion}') || {
  echo "There is no Secret seatlane in the namespace seatlane. Create it as described in secret.example.yaml, then run this script again." >&2
  exit 1
}

if [ "${1:-}" = --rollback ]; then
  roll_api
  roll_workers
else
  migrate
  roll_workers
  roll_api
fi
echo "All processes run this version. Next: kubectl --namespace seatlane get pods"
