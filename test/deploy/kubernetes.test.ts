/** `deploy/kubernetes`: the schemas of Kubernetes and KEDA, and the references between manifests and processes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { environmentSchema } from '../../src/config/settings.ts';
import { PARTS } from '../../workers/worker.ts';
import { schemaErrors, unknownFields } from '../support/deploy/manifest-schemas.ts';
import {
  FOLDER,
  fileNames,
  manifests,
  ofKind,
  readManifest,
  textOf,
} from '../support/deploy/manifests.ts';

const deployments = ofKind('Deployment');
const workers = deployments.filter(({ metadata }) => metadata.name.startsWith('worker-'));
const pods = [...deployments, ...ofKind('Job')];
const containerOf = (pod: (typeof pods)[number]) => pod.spec.template.spec.containers[0];
const nameOf = ({ file, kind, metadata }: (typeof manifests)[number]) =>
  `${kind} ${metadata.name} (${file})`;
const byName = (list: typeof manifests) => list.map((each) => [nameOf(each), each] as const);
const settings = parseEnv(textOf('settings.env')) as Record<string, string>;

describe('each object', () => {
  test.each(byName(manifests))('%s conforms to its schema', async (_name, manifest) => {
    expect(await schemaErrors(manifest)).toEqual([]);
  });

  test('has only fields that its kind defines', { timeout: 60_000 }, () => {
    expect(unknownFields(manifests)).toEqual([]);
  });

  test.each(byName(manifests))(
    '%s has the labels of the application and its component',
    (_name, { metadata }) => {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'seatlane',
        'app.kubernetes.io/component': expect.stringMatching(/^(settings|migrate|api|worker)$/),
      });
    },
  );
});

test('the kustomization lists every file except the example of the secret', () => {
  const { resources, configMapGenerator } = readManifest('kustomization.yaml');
  const others = ['kustomization.yaml', 'secret.example.yaml'];
  expect(resources.toSorted()).toEqual(fileNames.filter((file) => !others.includes(file)));
  for (const { envs } of configMapGenerator) {
    for (const file of envs) expect(existsSync(join(FOLDER, file)), file).toBe(true);
  }
});

describe('settings', () => {
  test('exist', () => {
    const secrets = Object.keys(readManifest('secret.example.yaml').stringData);
    const unknown = [...Object.keys(settings), ...secrets].filter(
      (name) => !(name in environmentSchema.shape),
    );
    expect(unknown).toEqual([]);
  });

  test('are in the secret if they are secret, and have no value there', () => {
    expect(Object.keys(settings).filter((name) => /SECRET|PASSWORD|_URL/.test(name))).toEqual([]);
    const { stringData } = readManifest('secret.example.yaml');
    expect(new Set(Object.values(stringData))).toEqual(new Set(['']));
  });

  test.each(byName(pods))('are passed to %s', (_name, pod) => {
    const [map] = readManifest('kustomization.yaml').configMapGenerator;
    expect(containerOf(pod).envFrom).toEqual([
      { configMapRef: { name: map.name } },
      { secretRef: { name: readManifest('secret.example.yaml').metadata.name } },
    ]);
  });
});

describe('references between objects', () => {
  const selectors = manifests.flatMap((manifest) => {
    const { kind, spec = {} } = manifest;
    const selector = kind === 'Service' ? spec.selector : spec.selector?.matchLabels;
    return selector ? [[nameOf(manifest), selector] as const] : [];
  });

  test.each(selectors)('%s selects the pods of exactly one deployment', (_name, selector) => {
    const selected = deployments.filter(({ spec }) =>
      Object.entries(selector).every(
        ([key, value]) => spec.template.metadata.labels[key] === value,
      ),
    );
    expect(selected).toHaveLength(1);
  });

  test.each(byName(deployments))('%s has a PodDisruptionBudget', (_name, { spec }) => {
    const budgets = ofKind('PodDisruptionBudget').map((budget) => budget.spec.selector);
    expect(budgets).toContainEqual(spec.selector);
  });

  test.each(byName(deployments))('%s spreads its own pods', (_name, { spec }) => {
    const spread = spec.template.spec.topologySpreadConstraints;
    expect(spread.length).toBeGreaterThan(0);
    for (const { labelSelector } of spread) expect(labelSelector).toEqual(spec.selector);
  });

  test('an autoscaler targets a deployment without a fixed number of replicas', () => {
    const scalers = [...ofKind('HorizontalPodAutoscaler'), ...ofKind('ScaledObject')];
    for (const { spec } of scalers) {
      const target = deployments.find(({ metadata }) => metadata.name === spec.scaleTargetRef.name);
      expect(target?.spec.replicas, spec.scaleTargetRef.name).toBeUndefined();
    }
    const fixed = deployments.filter(({ spec }) => spec.replicas !== undefined);
    expect(scalers.length + fixed.length).toBe(deployments.length);
  });

  test('the ingress targets a port of the service, and the service a port of the container', () => {
    const [ingress] = ofKind('Ingress');
    const service = ingress?.spec.rules[0].http.paths[0].backend.service;
    const found = ofKind('Service').find(({ metadata }) => metadata.name === service.name);
    const port = found?.spec.ports.find(({ name }: { name: string }) => name === service.port.name);
    const api = deployments.find(({ metadata }) => metadata.name === 'api');
    const names = api && containerOf(api).ports.map(({ name }: { name: string }) => name);
    expect(names).toContain(port.targetPort);
  });
});

describe('each process', () => {
  test.each(byName(deployments))(
    '%s is probed at a port and paths that it serves',
    (name, deployment) => {
      const { ports, startupProbe, readinessProbe, livenessProbe } = containerOf(deployment);
      const [port] = ports;
      const setting = name.includes('worker') ? settings.WORKER_PORT : settings.PORT;
      expect(String(port.containerPort)).toBe(setting);
      for (const [probe, path] of [
        [startupProbe, '/health/live'],
        [readinessProbe, name.includes('worker') ? '/health/ready' : '/health/serving'],
        [livenessProbe, '/health/live'],
      ]) {
        expect(probe.httpGet).toEqual({ path, port: port.name });
      }
    },
  );

  test.each(byName(pods))('%s has only the privileges that it needs', (_name, pod) => {
    const { automountServiceAccountToken, securityContext } = pod.spec.template.spec;
    expect(automountServiceAccountToken).toBe(false);
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const { securityContext: own, resources } = containerOf(pod);
    expect(own).toEqual({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(resources).toMatchObject({
      requests: { cpu: /./, memory: /./ },
      limits: { memory: /./ },
    });
  });

  test.each(byName(pods))('%s runs an existing file', (_name, pod) => {
    const { command = [] } = containerOf(pod);
    const file = command.at(-1);
    if (file) expect(existsSync(join(FOLDER, '../..', file)), file).toBe(true);
  });

  test('every kind of lane has a worker', () => {
    const parts = workers.flatMap((worker) =>
      containerOf(worker).args.filter((word: string) => word !== '--lanes'),
    );
    expect(parts.toSorted()).toEqual([...PARTS].toSorted());
  });
});

describe('the connections to PostgreSQL', () => {
  /** The connections of each process by docs/operations.md, and max_connections in docker-compose.yml. */
  const CONNECTIONS = { api: 10, worker: 11, max: 200 };

  test('suffice for the largest number of processes during a rolling update', () => {
    const most = deployments.map(({ metadata: { name }, spec }) => {
      const scaler = [...ofKind('HorizontalPodAutoscaler'), ...ofKind('ScaledObject')].find(
        (each) => each.spec.scaleTargetRef.name === name,
      );
      const count = spec.replicas ?? scaler?.spec.maxReplicas ?? scaler?.spec.maxReplicaCount;
      return (
        (count + spec.strategy.rollingUpdate.maxSurge) *
        CONNECTIONS[name === 'api' ? 'api' : 'worker']
      );
    });
    expect(most.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(CONNECTIONS.max);
  });

  test('are not wasted on more workers than lanes', () => {
    for (const { spec } of ofKind('ScaledObject')) {
      const kind = spec.scaleTargetRef.name.replace('worker-', '').toUpperCase();
      expect(spec.maxReplicaCount).toBeLessThanOrEqual(Number(settings[`${kind}_LANES`]));
      expect(spec.triggers[0].metadata.query).toContain(`lane=~"${kind.toLowerCase()}-`);
    }
  });
});
