/** How one endpoint's requests look. */
export interface RequestShape {
  /** The endpoint's name, and that of its schema file. */
  readonly name: string;
  /** Where a single call goes, below `/track/v2/projects/{projectToken}`. */
  readonly route: string;
  /** The key that is completed with the event's clock. */
  readonly timeKey: string;
  /** Keys that are completed with an empty object. */
  readonly emptyByDefault: readonly string[];
  /** The frozen text's order of keys. */
  readonly keyOrder: readonly string[];
}

/** Sources: documentation.bloomreach.com/engagement/reference/add-event, …/update-customer-properties-2. */
export const REQUEST_SHAPES: readonly RequestShape[] = [
  {
    name: 'event',
    route: 'customers/events',
    timeKey: 'timestamp',
    emptyByDefault: ['properties'],
    keyOrder: ['customer_ids', 'event_type', 'timestamp', 'properties'],
  },
  {
    name: 'customer',
    route: 'customers',
    timeKey: 'update_timestamp',
    emptyByDefault: [],
    keyOrder: ['customer_ids', 'update_timestamp', 'properties'],
  },
];
