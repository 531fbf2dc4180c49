/** What the functions of a spreadsheet are here, in the words of a remedy. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ...sharing(['IF', 'IFS', 'SWITCH'], "Write condition ? 'yes' : 'no', the whole formula in quotes."),
  ...sharing(['AND'], 'Write a and b.'),
  ...sharing(['OR'], 'Write a or b.'),
  ...sharing(['CONCATENATE', 'CONCAT', 'TEXTJOIN'], "Join texts with &: 'Dear ' & name."),
  ...sharing(['LEN'], 'Write $length(text).'),
  ...sharing(['LEFT'], 'Write $substring(text, 0, 3) for the first 3 characters.'),
  ...sharing(['RIGHT'], 'Write $substring(text, -3) for the last 3 characters.'),
  ...sharing(['MID'], 'Write $substring(text, start, length); start counts from 0.'),
  ...sharing(['SUBSTITUTE'], "Write $replace(text, 'old', 'new')."),
  ...sharing(['FIND', 'SEARCH'], "Write $contains(text, 'part')."),
  ...sharing(['TEXT'], "Write $formatNumber(number, '0.00')."),
  ...sharing(['VALUE'], 'Write $number(text).'),
  ...sharing(['ROUNDUP'], 'Write $ceil(number).'),
  ...sharing(['ROUNDDOWN', 'INT'], 'Write $floor(number).'),
  ...sharing(['AVG'], 'Write $average(list).'),
  ...sharing(['COUNTIF', 'COUNTIFS'], "Write $count(list[field = 'value'])."),
  ...sharing(['SUMIF', 'SUMIFS'], "Write $sum(list[field = 'value'].amount)."),
  ...sharing(['VLOOKUP', 'XLOOKUP', 'HLOOKUP'], "Write $lookup({'Gold': 20, 'Silver': 10}, key)."),
  ...sharing(['ISBLANK'], 'Write $not($exists(field)).'),
  ...sharing(['IFERROR', 'IFNA'], 'Write $exists(field) ? field : 0, the whole formula in quotes.'),
  ...sharing(['TODAY', 'DAYS', 'DATEDIF'], 'Write $daysUntil(time) for the days from the event to a time.'),
]);

/** What to write instead of a spreadsheet's function, such as `IF`, in any case; undefined when it is none. */
export function excelRemedy(name: string): string | undefined {
  return REMEDIES.get(name.toUpperCase());
}

/** What to write instead of the spreadsheet's function whose brackets are open at an offset; undefined when it is none. */
export function excelRemedyAround(text: string, offset: number): string | undefined {
  const name = /\$?([A-Za-z]+)\s*\([^()]*$/.exec(text.slice(0, offset))?.[1];
  return name === undefined ? undefined : excelRemedy(name);
}

function sharing(names: readonly string[], remedy: string): readonly (readonly [string, string])[] {
  return names.map((name) => [name, remedy]);
}
