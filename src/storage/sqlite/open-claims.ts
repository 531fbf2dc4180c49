/** What settling needs to know of a claimed delivery. */
export interface TriedRow {
  readonly id: number;
  readonly mapping: number;
  readonly destination: number;
  readonly member: number | null;
  readonly pos: number | null;
  readonly claim_no: number;
  /** Null when no claim is open: decided, given back, or of a newer life. */
  readonly owner: number | null;
  /** Attempts recorded so far. */
  attempts: number;
}

/**
 * The claims of this process that are not settled yet, as they stand in their rows: settling need not read them. A hint
 * only: the row has the last word, and what is not here is read.
 */
export type OpenClaims = Map<number, TriedRow>;
