import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { consolidationMetrics } from '../../estate/consolidation';
import type { ConsolidationClients } from './clients';

/** What a look at a running leg came to. */
export interface LegReading {
  /** Seconds since the subscriber last saw a heartbeat. */
  readonly heartbeatAgeSeconds: number;
  /** Bytes of log that the subscriber has not confirmed. */
  readonly lagBytes: number;
}

/** Takes readings of the running leg. Never fails the run: an alarm on silence tells that nothing arrives. */
export type Telemetry = (reading: LegReading) => Promise<void>;

/**
 * Readings as metrics, in one namespace and with one dimension: both directions raise the same alarm.
 *
 * @param failed told when CloudWatch refuses
 */
export function cloudWatchTelemetry(
  cloudWatch: ConsolidationClients['cloudWatch'],
  failed: (error: unknown) => void = () => undefined,
): Telemetry {
  const { namespace, heartbeatAge, lag, dimensions } = consolidationMetrics;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return async ({ heartbeatAgeSeconds, lagBytes }) => {
    await cloudWatch
      .send(
        new PutMetricDataCommand({
          Namespace: namespace,
          MetricData: [
            { MetricName: heartbeatAge, Dimensions, Unit: 'Seconds', Value: heartbeatAgeSeconds },
            { MetricName: lag, Dimensions, Unit: 'Bytes', Value: lagBytes },
          ],
        }),
      )
      .catch(failed);
  };
}
