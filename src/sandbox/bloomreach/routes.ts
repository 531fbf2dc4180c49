/** The operations the sandbox offers. */
export type RouteName =
  | 'customers'
  | 'customers/events'
  | 'batch'
  | 'system/time'
  | 'export/one'
  | 'export/events'
  | 'export/attributes';

/** One address of the API. */
export interface Route {
  readonly name: RouteName;
  readonly methods: readonly string[];
  /** True for a route that carries commands: its requests go to the journal. */
  readonly writes: boolean;
  /** True for the tracking API, the one whose requests are rate-limited. */
  readonly tracking: boolean;
}

/** A path that names a project and an operation. */
export interface RoutedPath {
  readonly projectToken: string;
  readonly route: Route;
}

const POST = ['POST'];

const ROUTES: ReadonlyMap<string, Route> = new Map([
  ['track/customers', { name: 'customers', methods: POST, writes: true, tracking: true }],
  ['track/customers/events', { name: 'customers/events', methods: POST, writes: true, tracking: true }],
  ['track/batch', { name: 'batch', methods: POST, writes: true, tracking: true }],
  ['track/system/time', { name: 'system/time', methods: ['GET', 'POST'], writes: false, tracking: true }],
  ['data/customers/export-one', { name: 'export/one', methods: POST, writes: false, tracking: false }],
  ['data/customers/events', { name: 'export/events', methods: POST, writes: false, tracking: false }],
  ['data/customers/attributes', { name: 'export/attributes', methods: POST, writes: false, tracking: false }],
] satisfies [string, Route][]);

const PATH = /^\/(track|data)\/v2\/projects\/([^/]+)\/(.+)$/;

/** Finds the operation behind a path; null where the real API has no route that the sandbox knows. */
export function routePath(path: string): RoutedPath | null {
  const [, family, projectToken, operation] = PATH.exec(path) ?? [];
  const route = ROUTES.get(`${family}/${operation}`);
  return route === undefined || projectToken === undefined ? null : { projectToken, route };
}
