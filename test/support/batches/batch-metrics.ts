/** Metrics of batches that nobody reads but the test. */
import { Registry } from 'prom-client';
import { BatchMetrics } from '../../../workers/ops/batch-metrics.ts';

/** @param overrides methods that note what the test wants to know */
export function batchMetrics(overrides: Partial<BatchMetrics> = {}): BatchMetrics {
  return Object.assign(new BatchMetrics(new Registry()), overrides);
}
