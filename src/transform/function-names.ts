/** JSONata's own functions that formulas may call, with their signatures in JSONata's notation. */
export const JSONATA_SIGNATURES: Readonly<Record<string, string>> = {
  abs: '<n-:n>',
  append: '<xx:a>',
  assert: '<bs?:x>',
  average: '<a<n>:n>',
  base64decode: '<s-:s>',
  base64encode: '<s-:s>',
  boolean: '<x-:b>',
  ceil: '<n-:n>',
  clone: '<(oa)-:o>',
  contains: '<s-(sf):b>',
  count: '<a:n>',
  decodeUrl: '<s-:s>',
  decodeUrlComponent: '<s-:s>',
  distinct: '<x:x>',
  each: '<o-f:a>',
  encodeUrl: '<s-:s>',
  encodeUrlComponent: '<s-:s>',
  error: '<s?:x>',
  exists: '<x:b>',
  filter: '<af>',
  floor: '<n-:n>',
  formatBase: '<n-n?:s>',
  formatInteger: '<n-s:s>',
  formatNumber: '<n-so?:s>',
  fromMillis: '<n-s?s?:s>',
  join: '<a<s>s?:s>',
  keys: '<x-:a<s>>',
  length: '<s-:n>',
  lookup: '<x-s:x>',
  lowercase: '<s-:s>',
  map: '<af>',
  match: '<s-f<s:o>n?:a<o>>',
  max: '<a<n>:n>',
  merge: '<a<o>:o>',
  millis: '<:n>',
  min: '<a<n>:n>',
  not: '<x-:b>',
  now: '<s?s?:s>',
  number: '<(nsb)-:n>',
  pad: '<s-ns?:s>',
  parseInteger: '<s-s:n>',
  power: '<n-n:n>',
  reduce: '<afj?:j>',
  replace: '<s-(sf)(sf)n?:s>',
  reverse: '<a:a>',
  round: '<n-n?:n>',
  sift: '<o-f?:o>',
  single: '<af?>',
  sort: '<af?:a>',
  split: '<s-(sf)n?:a<s>>',
  spread: '<x-:a<o>>',
  sqrt: '<n-:n>',
  string: '<x-b?:s>',
  substring: '<s-nn?:s>',
  substringAfter: '<s-s:s>',
  substringBefore: '<s-s:s>',
  sum: '<a<n>:n>',
  toMillis: '<s-s?:n>',
  trim: '<s-:s>',
  type: '<x:s>',
  uppercase: '<s-:s>',
  zip: '<a+>',
};

/** Functions that JSONata lacks (CONTRACT §2), with what they take and yield: any of it may be nothing. */
export const OWN_SIGNATURES: Readonly<Record<string, string>> = {
  daysUntil: '<s-:n>',
  eventId: '<:s>',
  memberId: '<o-:s>',
  recall: '<s(sn):x>',
  sha256: '<s-:s>',
  toSeconds: '<(sn)-:n>',
};

/** The names of JSONata's own functions that formulas may call. */
export const JSONATA_FUNCTIONS: readonly string[] = Object.keys(JSONATA_SIGNATURES);

/** The names of the functions that JSONata lacks. */
export const OWN_FUNCTIONS: readonly string[] = Object.keys(OWN_SIGNATURES);

/** JSONata functions that formulas may not call: with them the same event could yield different bytes. */
export const HIDDEN_FUNCTIONS: readonly string[] = ['eval', 'random', 'shuffle'];

/** Variables that are bound for every formula; `$item` and `$index` hold something under `each` only. */
export const EVENT_VARIABLES: readonly string[] = ['item', 'index'];
