/** `docker-compose.yml`: its schema, and the files, settings and ports that it refers to. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DCLinter } from 'dclint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentSchema } from '../../src/config/settings.ts';

interface Service {
  image: string;
  restart?: string;
  environment?: Record<string, string | number>;
  ports?: string[];
  expose?: string[];
  volumes?: string[];
  logging?: { options?: Record<string, string> };
  healthcheck?: { test?: string | string[] };
  depends_on?: Record<string, { condition: string }>;
}

const ROOT = resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const text = textOf('docker-compose.yml');
const composed: { services: Record<string, Service>; volumes: object } = parse(text, {
  merge: true,
});
const services = Object.entries(composed.services);
const ours = services.filter(([, { image }]) => image.startsWith('seatlane:'));
const named = (name: string) => composed.services[name] as Service;

test('the file conforms to the Compose specification and passes the linter', () => {
  const ORDER = { 'services-alphabetical-order': 0, 'service-keys-order': 0 } as const;
  const rules = {
    ...ORDER,
    'top-level-properties-order': 0,
    // The image is built here, and named because four services share it.
    'no-build-and-image': 0,
    // The proxy must be reachable from outside; a test below checks the other services.
    'no-unbound-port-interfaces': 0,
    // The rule does not recognise quotes in flow lists.
    'require-quotes-in-ports': 0,
    'no-quotes-in-volumes': 0,
  } as const;
  const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
  const found = linter.lintFiles([join(ROOT, 'docker-compose.yml')], false);
  const said = found.flatMap((file: { messages: { message: string }[] }) =>
    file.messages.map(({ message }) => message),
  );
  expect(said).toEqual([]);
});

describe('settings', () => {
  test.each(ours)('%s gets exactly the existing settings', (_name, service) => {
    const known = Object.keys(environmentSchema.shape).filter((name) => name !== 'EMBEDDED');
    const passed = Object.keys(service.environment ?? {});
    expect(known.filter((name) => !passed.includes(name))).toEqual([]);
    // OpenTelemetry reads its own variables.
    const others = passed.filter((name) => !known.includes(name) && !name.startsWith('OTEL_'));
    expect(others).toEqual([]);
  });

  test('the file contains no secret', () => {
    for (const [name, { environment = {} }] of services) {
      for (const [setting, value] of Object.entries(environment)) {
        const about = `${setting} of ${name}`;
        if (/SECRET|PASSWORD/.test(setting)) expect(value, about).toMatch(/^\$\{\w+:(\?.+|-)\}$/);
        expect(String(value), about).not.toMatch(/:\/\/\w+:(?!\$\{)[^@]*@/);
      }
    }
  });

  test('.env.example lists every variable of the file', () => {
    const example = textOf('.env.example');
    const variables = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    const missing = [...variables].filter((name) => !new RegExp(`^# ?${name}=`, 'm').test(example));
    expect(missing).toEqual([]);
  });

  test('the proxy gets every variable of its configuration', () => {
    const variables = textOf('deploy/proxy/haproxy.cfg').matchAll(/"\$\{(\w+)(?:\[\*\])?\}"/g);
    const wanted = new Set([...variables].map(([, name]) => name));
    expect(Object.keys(named('proxy').environment ?? {}).toSorted()).toEqual([...wanted].sort());
  });
});

describe('each service', () => {
  test.each(services)('%s uses an image of an exact version', (_name, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-\w+)?$/);
  });

  test.each(services)('%s cannot fill the disk with its log', (_name, { logging }) => {
    expect(logging?.options).toMatchObject({ 'max-size': '20m', 'max-file': '5' });
  });

  test.each(services)('%s mounts only existing files and volumes', (_name, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      const exists = source.startsWith('.')
        ? existsSync(join(ROOT, source))
        : source in composed.volumes;
      expect(exists, source).toBe(true);
    }
  });

  test.each(services)(
    '%s waits only for services with a health check, and for one-off tasks',
    (_name, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = named(name);
        expect(other, name).toBeDefined();
        if (condition === 'service_healthy') expect(other.healthcheck?.test, name).toBeDefined();
        else expect(other.restart, name).toBe('no');
      }
    },
  );

  test.each(services)(
    '%s has a health check and restarts, or is a one-off task',
    (_name, service) => {
      if (service.restart === 'no') return;
      expect(service.restart).toBe('unless-stopped');
      expect(service.healthcheck?.test).toBeDefined();
    },
  );

  test.each(services)('%s is health-checked at one of its own ports', (_name, service) => {
    const asked = /(?:localhost|127\.0\.0\.1):(\d+)/.exec(String(service.healthcheck?.test))?.[1];
    const inside = (service.ports ?? []).map((port) => port.split(':').at(-1));
    if (asked) expect([...inside, ...(service.expose ?? [])]).toContain(asked);
  });
});

test('only the proxy can be reached from other machines', () => {
  const open = services.flatMap(([name, { ports = [] }]) =>
    ports.filter((port) => !port.startsWith('127.0.0.1:')).map(() => name),
  );
  expect(open).toEqual(['proxy']);
});

test('the proxy forwards to the port on which the API listens', () => {
  const { PORT } = named('api').environment ?? {};
  expect(named('proxy').environment?.API_ADDRESS).toBe(`api:${PORT}`);
  expect(named('worker').expose).toEqual([String(named('worker').environment?.WORKER_PORT)]);
});

test('the image is based on the exact Node version that the project is tested with', () => {
  const { devDependencies } = JSON.parse(textOf('package.json'));
  const bases = [...textOf('Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node}-slim`]));
});
