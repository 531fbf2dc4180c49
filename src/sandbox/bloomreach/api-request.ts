import type { IncomingHttpHeaders } from 'node:http';
import type { Body } from './body.ts';
import type { FaultPlan } from './faults.ts';

/** One request to the Bloomreach API, read fully: everything an answer depends on, without a socket. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly body: Body;
  readonly plan: FaultPlan;
}
