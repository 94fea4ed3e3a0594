/** Each alert fires in a test of its rule, and is quiet before. Where promtool is not installed, the rules are not run. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parsePromql } from '../support/deploy/promql.ts';
import { PROMTOOL, testRules } from '../support/deploy/promtool.ts';

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

interface RuleTest {
  name: string;
  input_series: { series: string }[];
  alert_rule_test: { alertname: string; exp_alerts: object[] }[];
}

const FOLDER = resolve(import.meta.dirname, '../../deploy/prometheus');
const files = globSync(join(FOLDER, 'tests/*.test.yml'));
const read = (file: string) => parse(readFileSync(file, 'utf8'));
const rules: Rules = read(join(FOLDER, 'alerts.yml'));
const alerts = rules.groups.flatMap((group) => group.rules);
const tests = files.flatMap((file) => (read(file) as { tests: RuleTest[] }).tests);

test.each(alerts)(
  '$alert is quiet and fires on the same series, which are all that it asks for',
  ({ alert, expr }) => {
    const own = tests.filter(({ alert_rule_test: cases }) => {
      const ofAlert = cases.filter(({ alertname }) => alertname === alert);
      const fires = ofAlert.filter(({ exp_alerts: expected }) => expected.length > 0);
      return fires.length > 0 && fires.length < ofAlert.length;
    });
    const asked = parsePromql(expr).selectors.map(({ metric }) => metric);
    const complete = own.filter(({ input_series: given }) => {
      const metrics = given.map(({ series }) => series.replace(/\{.*/, ''));
      return asked.every((metric) => metrics.includes(metric));
    });
    expect(asked.length).toBeGreaterThan(0);
    expect(
      complete.map(({ name }) => name),
      `write one in ${FOLDER}/tests`,
    ).not.toEqual([]);
  },
);

// Promtool takes half a minute of CPU time.
describe.skipIf(!PROMTOOL)('by promtool (of the package prometheus)', { timeout: 180_000 }, () => {
  test('every alert does what its tests expect', () => {
    const { output, hasPassed } = testRules(files);
    expect(hasPassed, output).toBe(true);
  });

  test.each([
    ['never fires', 'vector(1) < 0'],
    ['fires all the time', 'vector(1)'],
  ])('an alert that %s fails its tests', (_, expr) => {
    const folder = mkdtempSync(join(tmpdir(), 'seatlane-alerts-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const broken = {
      groups: rules.groups.map((group) => ({
        ...group,
        rules: group.rules.map((rule) => ({ ...rule, expr })),
      })),
    };
    writeFileSync(join(folder, 'alerts.yml'), stringify(broken));
    mkdirSync(join(folder, 'tests'));
    const copies = files.map((file) => join(folder, 'tests', basename(file)));
    for (const [index, file] of files.entries())
      writeFileSync(copies[index] as string, readFileSync(file));
    const { output, hasPassed } = testRules(copies);
    expect(hasPassed).toBe(false);
    const failed = new Set(
      [...output.matchAll(/alertname: (\w+), time/g)].map(([, alert]) => alert),
    );
    expect(alerts.map(({ alert }) => alert).filter((alert) => !failed.has(alert))).toEqual([]);
  });
});
