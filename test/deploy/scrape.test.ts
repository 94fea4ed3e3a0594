/** `deploy/prometheus/kubernetes.yml` finds the pods of `deploy/kubernetes` under the jobs of `prometheus.yml`. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ofKind, readManifest } from '../support/deploy/manifests.ts';
import { PROMTOOL } from '../support/deploy/promtool.ts';

interface Relabelling {
  source_labels: string[];
  regex?: string;
  action?: string;
}

interface Job {
  job_name: string;
  kubernetes_sd_configs?: { namespaces: { names: string[] } }[];
  relabel_configs?: Relabelling[];
}

const FOLDER = resolve(import.meta.dirname, '../../deploy/prometheus');
const read = (file: string) =>
  parse(readFileSync(join(FOLDER, file), 'utf8')) as { scrape_configs: Job[] };
const jobs = read('kubernetes.yml').scrape_configs;
const deployments = ofKind('Deployment');

test('the jobs are those of Compose, without its proxy', () => {
  const others = read('prometheus.yml').scrape_configs.map(({ job_name: name }) => name);
  const names = jobs.map(({ job_name: name }) => name);
  expect([...names, 'seatlane-proxy']).toEqual(others);
});

test('each deployment is scraped by one job, at its only port', () => {
  for (const { metadata, spec } of deployments) {
    const found = jobs.filter(({ relabel_configs: rules = [] }) => {
      const kept = rules.find(({ source_labels: [label] }) => label?.endsWith('component'));
      return kept?.regex === spec.template.metadata.labels['app.kubernetes.io/component'];
    });
    expect(found, metadata.name).toHaveLength(1);
    expect(spec.template.spec.containers[0].ports, metadata.name).toHaveLength(1);
  }
});

test('pods are looked for in the namespace of the kustomization', () => {
  const { namespace } = readManifest('kustomization.yaml');
  for (const { kubernetes_sd_configs: [discovery] = [] } of jobs) {
    expect(discovery?.namespaces.names).toEqual([namespace]);
  }
});

test('workers may be read at their port', () => {
  const allowed = ofKind('NetworkPolicy').map(({ spec }) => spec.ingress[0].ports);
  const workers = deployments.filter(({ metadata }) => metadata.name.startsWith('worker-'));
  for (const { spec } of workers) {
    const [{ containerPort: port }] = spec.template.spec.containers[0].ports;
    expect(allowed).toEqual([[{ protocol: 'TCP', port }]]);
  }
});

describe.skipIf(!PROMTOOL)('by promtool', () => {
  test('both configurations are valid', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seatlane-scrape-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    copyFileSync(join(FOLDER, 'alerts.yml'), join(folder, 'alerts.yml'));
    // Debian's promtool is built without the discovery of pods.
    const scraped = jobs.map(({ kubernetes_sd_configs: _, ...job }) => ({
      ...job,
      static_configs: [{ targets: ['pod:1'] }],
    }));
    const known = { ...read('kubernetes.yml'), scrape_configs: scraped };
    writeFileSync(join(folder, 'kubernetes.yml'), stringify(known));
    for (const file of [join(folder, 'kubernetes.yml'), join(FOLDER, 'prometheus.yml')]) {
      const said = execFileSync(PROMTOOL as string, ['check', 'config', file], {
        encoding: 'utf8',
      });
      expect(said).toContain('is valid');
    }
  });
});
